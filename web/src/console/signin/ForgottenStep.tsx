import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { forgotten } from './queries';
import styles from './SignInCard.module.css';
import { SubmitButton } from './SubmitButton';
import { useWait } from './useWait';

type Props = { name: string; onCancel: () => void };

/** Mails a link to who forgot the password. Whether there is such an account is not said. */
export function ForgottenStep({ name: typed, onCancel }: Props) {
  const t = useTranslations('signin');
  const textOf = useProblemText();
  const [name, setName] = useState(typed);
  const ask = useMutation({ mutationFn: () => forgotten(name) });
  const wait = useWait(ask);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    ask.mutate();
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('forgottenTitle')}</h1>
      {ask.error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(ask.error)}
        </Alert>
      )}
      {ask.isSuccess ? (
        <p className={styles.hint} role="status">
          {t('forgottenSent')}
        </p>
      ) : (
        <>
          <p className={styles.hint}>{t('forgottenHint')}</p>
          <TextInput
            label={t('name')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <SubmitButton label={t('forgottenSend')} wait={wait} isBusy={ask.isPending} isEmpty={name.trim() === ''} />
        </>
      )}
      <Button variant="subtle" color="gray" onClick={onCancel}>
        {t('back')}
      </Button>
    </form>
  );
}
