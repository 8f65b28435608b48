import { Alert, Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { saveStep, testMail, type SetupState } from './queries';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

type Props = { state: SetupState; onDone: (next: number) => void };

/** The mail server, with a test that shows what it answered. */
export function MailStep({ state, onDone }: Props) {
  const t = useTranslations('setup');
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const { save, skip } = useStep('mail', onDone);
  const [mail, setMail] = useState({ ...state.mail, password: '' });
  const [to, setTo] = useState('');
  const test = useMutation({
    mutationFn: async () => {
      await saveStep('mail', mail);
      return testMail(to);
    },
  });
  const error = save.error ?? test.error;
  const errors = fieldsOf(error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(mail);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('mail.title')}</h1>
      <p className={styles.text}>{t('mail.text')}</p>
      {error !== null && Object.keys(errors).length === 0 ? (
        <Alert color="red" variant="light" role="alert">
          {textOf(error)}
        </Alert>
      ) : null}
      <div className={styles.pair}>
        <TextInput
          label={t('mail.host')}
          required
          withAsterisk={false}
          error={errors.host}
          value={mail.host}
          onChange={(e) => setMail({ ...mail, host: e.currentTarget.value })}
        />
        <TextInput
          label={t('mail.port')}
          inputMode="numeric"
          error={errors.port}
          value={String(mail.port)}
          onChange={(e) => setMail({ ...mail, port: Number(e.currentTarget.value.replaceAll(/\D/g, '')) })}
        />
      </div>
      <Select
        label={t('mail.security')}
        allowDeselect={false}
        data={['starttls', 'tls', 'optional', 'none'].map((value) => ({ value, label: t(`mail.securities.${value}`) }))}
        value={mail.security}
        onChange={(security) => setMail({ ...mail, security: security ?? mail.security })}
      />
      <TextInput
        label={t('mail.from')}
        type="email"
        required
        withAsterisk={false}
        error={errors.from}
        value={mail.from}
        onChange={(e) => setMail({ ...mail, from: e.currentTarget.value })}
      />
      <TextInput
        label={t('mail.user')}
        autoComplete="off"
        value={mail.username}
        onChange={(e) => setMail({ ...mail, username: e.currentTarget.value })}
      />
      <PasswordInput
        label={t('mail.password')}
        description={mail.has_password ? t('mail.kept') : undefined}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('you.reveal'), tabIndex: 0 }}
        value={mail.password}
        onChange={(e) => setMail({ ...mail, password: e.currentTarget.value })}
      />
      <TextInput
        label={t('mail.to')}
        type="email"
        error={errors.to}
        value={to}
        onChange={(e) => setTo(e.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <Button variant="default" disabled={to === ''} loading={test.isPending} onClick={() => test.mutate()}>
          {t('mail.test')}
        </Button>
      </div>
      {test.data === undefined ? null : (
        <Alert color={test.data.sent ? 'blue' : 'red'} variant="light" role="status">
          {t(test.data.sent ? 'mail.sent' : 'mail.failed', { answer: test.data.answer })}
        </Alert>
      )}
      <div className={styles.buttons}>
        <Button type="submit" loading={save.isPending}>
          {t('next')}
        </Button>
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
          {t('later')}
        </Button>
      </div>
    </form>
  );
}
