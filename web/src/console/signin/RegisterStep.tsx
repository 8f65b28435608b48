import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { Start } from '../../api/start';
import { NewPassword } from '../../ui/NewPassword';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { register } from './queries';
import styles from './SignInCard.module.css';
import { SubmitButton } from './SubmitButton';
import { useWait } from './useWait';

type Props = { start: Start; onCancel: () => void };

/** Asks for an account. Whether there is one already is not said. */
export function RegisterStep({ start, onCancel }: Props) {
  const t = useTranslations('signin');
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const [wish, setWish] = useState({ name: '', email: '', password: '' });
  const ask = useMutation({ mutationFn: () => register(wish) });
  const wait = useWait(ask);
  const errors = fieldsOf(ask.error);
  const isMailed = start.registration === 'mail';
  const set = (changes: Partial<typeof wish>) => setWish({ ...wish, ...changes });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    ask.mutate();
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('registerTitle')}</h1>
      {ask.error === null || Object.keys(errors).length > 0 ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(ask.error)}
        </Alert>
      )}
      {ask.isSuccess ? (
        <p className={styles.hint} role="status">
          {t(isMailed ? 'registerMailed' : start.registration_approval ? 'registerWaits' : 'registerMade')}
        </p>
      ) : (
        <>
          <p className={styles.hint}>{t(isMailed ? 'registerMailHint' : 'registerHint')}</p>
          {isMailed ? (
            <TextInput
              label={t('registerMail')}
              type="email"
              autoComplete="email"
              required
              withAsterisk={false}
              data-autofocus
              maxLength={128}
              error={errors.email}
              value={wish.email}
              onChange={(event) => set({ email: event.currentTarget.value })}
            />
          ) : null}
          <TextInput
            label={t(isMailed ? 'registerShown' : 'registerName')}
            autoComplete={isMailed ? 'name' : 'username'}
            required={!isMailed}
            withAsterisk={false}
            maxLength={128}
            error={errors.name}
            value={wish.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          {isMailed ? null : (
            <NewPassword
              label={t('password')}
              required
              withAsterisk={false}
              error={errors.password}
              name={wish.name}
              least={start.password_length}
              value={wish.password}
              onType={(password) => set({ password })}
            />
          )}
          <SubmitButton label={t('registerSend')} wait={wait} isBusy={ask.isPending} />
        </>
      )}
      <Button variant="subtle" color="gray" onClick={onCancel}>
        {t('back')}
      </Button>
    </form>
  );
}
