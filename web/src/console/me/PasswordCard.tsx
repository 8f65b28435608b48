import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { Card } from '../../ui/Card';
import { NewPassword } from '../../ui/NewPassword';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { say } from '../../ui/toast';
import styles from './me.module.css';
import { setPassword } from './queries';

/** Another password; every other sign-in ends. */
export function PasswordCard() {
  const t = useTranslations('me');
  const client = useQueryClient();
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const [password, setValue] = useState('');
  const save = useMutation({
    mutationFn: () => setPassword(password),
    onSuccess: async () => {
      setValue('');
      await client.invalidateQueries({ queryKey: ['me'] });
      say(t('passwordSet'));
    },
  });
  const me = useMe();
  const { data: start } = useQuery(startQuery);
  const least = start?.password_length ?? 8;
  const errors = fieldsOf(save.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card title={t('password')}>
      <form className={styles.form} onSubmit={submit}>
        {save.error !== null && Object.keys(errors).length === 0 ? (
          <Alert color="red" variant="light" role="alert">
            {textOf(save.error)}
          </Alert>
        ) : null}
        <NewPassword
          label={t('newPassword')}
          description={t('passwordHelp')}
          name={me.name}
          least={least}
          error={errors.password}
          value={password}
          onType={setValue}
        />
        <div>
          <Button variant="default" type="submit" loading={save.isPending} disabled={password.length < least}>
            {t('setPassword')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
