import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import { startQuery } from '../../api/start';
import { useProblemText } from '../../ui/problemText';
import { beginProvider, hasPasskeys, signIn, signInWithPasskey, type Step } from './queries';
import styles from './SignInCard.module.css';
import { SubmitButton } from './SubmitButton';
import { usePasskeyOffer } from './usePasskeyOffer';
import { useWait } from './useWait';

type Props = {
  backError: unknown;
  to: string | undefined;
  onStep: (step: Step) => void;
  onForgotten: (name: string) => void;
  onRegister: () => void;
};

/** Name and password; or a passkey, or a provider. */
export function PasswordStep({ backError, to, onStep, onForgotten, onRegister }: Props) {
  const t = useTranslations('signin');
  const textOf = useProblemText();
  const start = useQuery(startQuery);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [hasCaps, setCaps] = useState(false);
  const password1 = useMutation({ mutationFn: () => signIn(name, password), onSuccess: onStep });
  const passkey = useMutation({
    mutationFn: () => signInWithPasskey('optional', new AbortController().signal),
    onSuccess: onStep,
  });
  const provider = useMutation({
    mutationFn: (which: string) => beginProvider(which),
    onSuccess: ({ url }) => {
      if (to !== undefined) sessionStorage.setItem('hawser-to', to);
      location.assign(url);
    },
  });

  const [offerError, setOfferError] = useState<unknown>(null);
  const canPasskey = hasPasskeys() && start.data?.passkeys === true;
  usePasskeyOffer(passkey.isPending || !canPasskey, { onStep, onRefusal: setOfferError });
  const wait = useWait(password1);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    passkey.reset();
    setOfferError(null);
    password1.mutate();
  };
  const watchCaps = (event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock'));
  // Somebody who closes the browser's own dialog knows that.
  const isCancelled = passkey.error instanceof DOMException && passkey.error.name === 'NotAllowedError';
  const error = password1.error ?? (isCancelled ? null : passkey.error) ?? provider.error ?? offerError ?? backError;
  const providers = start.data?.providers ?? [];

  return (
    <>
      <h1 className={styles.title}>{t('title')}</h1>
      <form className={styles.form} onSubmit={submit}>
        {error === null || error === undefined ? null : (
          <Alert color="red" variant="light" role="alert">
            {textOf(error)}
          </Alert>
        )}
        <TextInput
          label={t('name')}
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(event) => {
            // Who waits is an account, not a person.
            if (wait > 0) password1.reset();
            setName(event.currentTarget.value);
          }}
        />
        <PasswordInput
          label={t('password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          description={hasCaps ? t('caps') : undefined}
          visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          onKeyUp={watchCaps}
        />
        <SubmitButton label={t('submit')} wait={wait} isBusy={password1.isPending} />
        {start.data?.forgotten === true ? (
          <Button variant="subtle" onClick={() => onForgotten(name)}>
            {t('forgotten')}
          </Button>
        ) : null}
        {start.data === undefined || start.data.registration === '' ? null : (
          <Button variant="subtle" onClick={onRegister}>
            {t('register')}
          </Button>
        )}
      </form>
      {canPasskey || providers.length > 0 ? <div className={styles.divider}>{t('or')}</div> : null}
      {canPasskey ? (
        <Button
          variant="default"
          leftSection={<IconKey size={20} aria-hidden />}
          loading={passkey.isPending}
          onClick={() => passkey.mutate()}
        >
          {t('passkey')}
        </Button>
      ) : null}
      {providers.map((p) => (
        <Button
          key={p.name}
          variant="default"
          loading={provider.isPending && provider.variables === p.name}
          leftSection={p.icon === undefined ? null : <img className={styles.icon} alt="" src={pictureOf(p.icon)} />}
          onClick={() => provider.mutate(p.name)}
        >
          {t('provider', { name: p.name })}
        </Button>
      ))}
    </>
  );
}

// An image and nothing else: what a provider's icon holds does not run.
const pictureOf = (svg: string) => `data:image/svg+xml,${encodeURIComponent(svg)}`;
