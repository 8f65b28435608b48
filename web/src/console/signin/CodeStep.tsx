import { Alert, Button, PinInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { sendCode, type Step } from './queries';
import styles from './SignInCard.module.css';

type Props = { step: Step; onStep: (step: Step) => void; onCancel: () => void };

/** The second step: six digits, which submit themselves; or a recovery code. */
export function CodeStep({ step, onStep, onCancel }: Props) {
  const t = useTranslations('signin');
  const textOf = useProblemText();
  const [digits, setDigits] = useState('');
  const [recovery, setRecovery] = useState('');
  const [isRecovery, setIsRecovery] = useState(false);
  const send = useMutation({
    mutationFn: (code: string) => sendCode(step.handle ?? '', code),
    onSuccess: onStep,
    onError: () => setDigits(''),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    send.mutate(isRecovery ? recovery : digits);
  };
  const hint =
    step.step === 'totp' ? t('totpHint') : step.step === 'sms' ? t('smsHint', { to: step.hint ?? '' }) : t('emailHint', { to: step.hint ?? '' });

  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('codeTitle')}</h1>
      <p className={styles.hint}>{isRecovery ? t('recoveryHint') : hint}</p>
      {send.error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(send.error)}
        </Alert>
      )}
      {isRecovery ? (
        <TextInput
          label={t('recoveryCode')}
          autoComplete="off"
          value={recovery}
          onChange={(event) => setRecovery(event.currentTarget.value)}
        />
      ) : (
        <div className={styles.center}>
          <PinInput
            length={6}
            type="number"
            oneTimeCode
            // eslint-disable-next-line jsx-a11y/no-autofocus -- the step asks for nothing else
            autoFocus
            size="lg"
            value={digits}
            disabled={send.isPending}
            getInputProps={(index) => ({ 'aria-label': t('digit', { index: index + 1 }) })}
            aria-label={t('codeTitle')}
            onChange={setDigits}
            onComplete={(code) => send.mutate(code)}
          />
        </div>
      )}
      <Button type="submit" loading={send.isPending} disabled={isRecovery ? recovery === '' : digits.length < 6}>
        {t('submit')}
      </Button>
      {step.step === 'totp' ? (
        <Button variant="subtle" onClick={() => setIsRecovery(!isRecovery)}>
          {isRecovery ? t('useApp') : t('useRecovery')}
        </Button>
      ) : null}
      <Button variant="subtle" color="gray" onClick={onCancel}>
        {t('back')}
      </Button>
    </form>
  );
}
