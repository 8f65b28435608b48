import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { makeAdmin } from './queries';
import styles from './SetupPage.module.css';

/** Who reads the server's output becomes its administrator. */
export function AdminStep({ onDone }: { onDone: () => void }) {
  const t = useTranslations('setup');
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const make = useMutation({ mutationFn: () => makeAdmin({ code, name, password, email }), onSuccess: onDone });
  const errors = fieldsOf(make.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('you.title')}</h1>
      <p className={styles.text}>{t('you.text')}</p>
      {make.error !== null && Object.keys(errors).length === 0 ? (
        <Alert color="red" variant="light" role="alert">
          {textOf(make.error)}
        </Alert>
      ) : null}
      <TextInput
        label={t('you.code')}
        description={t('you.codeHelp')}
        autoComplete="off"
        spellCheck={false}
        required
        withAsterisk={false}
        error={errors.code}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <TextInput
        label={t('you.name')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        required
        withAsterisk={false}
        error={errors.name}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('you.email')}
        type="email"
        autoComplete="email"
        error={errors.email}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('you.password')}
        description={t('you.passwordHelp')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={8}
        visibilityToggleButtonProps={{ 'aria-label': t('you.reveal'), tabIndex: 0 }}
        error={errors.password}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" loading={make.isPending}>
          {t('you.submit')}
        </Button>
      </div>
    </form>
  );
}
