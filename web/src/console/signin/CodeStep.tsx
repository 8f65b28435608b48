import { Alert, Button, Checkbox, PinInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { OtherWays } from './OtherWays';
import { sendAnother, sendCode, signInWithPasskey, type Step, type Way } from './queries';
import styles from './SignInCard.module.css';
import { SubmitButton } from './SubmitButton';
import { useWait } from './useWait';

type Props = { step: Step; onStep: (step: Step) => void; onCancel: () => void };

/** The second step: six digits, which submit themselves; or another way that the account has. */
export function CodeStep({ step, onStep, onCancel }: Props) {
  const t = useTranslations('signin');
  const textOf = useProblemText();
  // The step that each way waits for: somebody may come back to the first one.
  const [steps, setSteps] = useState<Partial<Record<Way, Step>>>({ [step.step]: step });
  const [way, setWay] = useState(step.step as Way);
  const [code, setCode] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const now = steps[way === 'recovery' ? 'totp' : way] ?? step;

  const send = useMutation({
    mutationFn: (text: string) => sendCode(now.handle ?? '', text, isRemembered),
    onSuccess: onStep,
    onError: () => setCode(''),
  });
  const another = useMutation({
    mutationFn: (which: Way) => sendAnother(now.handle ?? '', which),
    onSuccess: (next, which) => {
      setSteps({ ...steps, [which]: next });
      show(which);
    },
  });
  const passkey = useMutation({
    mutationFn: () => signInWithPasskey('optional', new AbortController().signal),
    onSuccess: onStep,
  });
  const show = (which: Way) => {
    send.reset();
    setCode('');
    setWay(which);
  };
  const go = (which: Way) => {
    another.reset();
    if (which === 'passkey') passkey.mutate();
    else if (which === 'recovery' || steps[which] !== undefined) show(which);
    else another.mutate(which);
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    send.mutate(code);
  };
  const wait = useWait(send);
  const isRecovery = way === 'recovery';
  const error = send.error ?? another.error ?? (passkey.error instanceof DOMException ? null : passkey.error);

  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('codeTitle')}</h1>
      <p className={styles.hint}>{t(`hints.${way === 'passkey' ? 'totp' : way}`, { to: now.hint ?? '' })}</p>
      {error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(error)}
        </Alert>
      )}
      {now.remember_days === undefined ? null : (
        <Checkbox
          label={t('remember', { days: now.remember_days })}
          checked={isRemembered}
          onChange={(event) => setRemembered(event.currentTarget.checked)}
        />
      )}
      {isRecovery ? (
        <TextInput label={t('recoveryCode')} autoComplete="off" value={code} onChange={(event) => setCode(event.currentTarget.value)} />
      ) : (
        <div className={styles.center}>
          <PinInput
            key={way}
            length={6}
            type="number"
            oneTimeCode
            // eslint-disable-next-line jsx-a11y/no-autofocus -- the step asks for nothing else
            autoFocus
            size="lg"
            gap={6}
            value={code}
            disabled={send.isPending || wait > 0}
            getInputProps={(index) => ({ 'aria-label': t('digit', { index: index + 1 }) })}
            aria-label={t('codeTitle')}
            onChange={setCode}
            onComplete={(digits) => send.mutate(digits)}
          />
        </div>
      )}
      <SubmitButton label={t('submit')} wait={wait} isBusy={send.isPending} isEmpty={isRecovery ? code === '' : code.length < 6} />
      <OtherWays
        key={now.handle}
        way={way}
        ways={step.ways ?? []}
        isBusy={another.isPending || passkey.isPending}
        onResend={() => another.mutate(way)}
        onWay={go}
      />
      <Button variant="subtle" color="gray" onClick={onCancel}>
        {t('back')}
      </Button>
    </form>
  );
}
