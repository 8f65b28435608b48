import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { startQuery } from '../../api/start';
import { NewPassword } from '../../ui/NewPassword';
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
  const { data: start } = useQuery(startQuery);
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
      <NewPassword
        label={t('you.password')}
        name={name}
        least={start?.password_length ?? 8}
        required
        withAsterisk={false}
        error={errors.password}
        value={password}
        onType={setPassword}
      />
      <div className={styles.buttons}>
        <Button type="submit" loading={make.isPending}>
          {t('you.submit')}
        </Button>
      </div>
    </form>
  );
}
