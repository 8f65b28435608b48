import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { useFieldErrors, useProblemText } from '../../ui/problemText';
import { say } from '../../ui/toast';
import styles from './me.module.css';
import { saveProfile } from './queries';

/** Name and mail address. */
export function ProfilePage() {
  const t = useTranslations('me');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const fieldsOf = useFieldErrors();
  const [name, setName] = useState(me.display_name);
  const [email, setEmail] = useState(me.email);
  const save = useMutation({
    mutationFn: () => saveProfile({ display_name: name, email }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] });
      say(t('saved'));
    },
  });
  const errors = fieldsOf(save.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Page title={t('profile')} suffix={me.server_name} isNarrow>
      <Card title={t('account')}>
        <Facts
          items={[
            [t('name'), me.name],
            [t('group'), me.user_group],
            [t('origin'), me.origin === '' ? t('here') : me.origin],
            [t('role'), me.is_admin ? t('administrator') : t('user')],
          ]}
        />
      </Card>
      <Card title={t('about')}>
        <form className={styles.form} onSubmit={submit}>
          {save.error !== null && Object.keys(errors).length === 0 ? (
            <Alert color="red" variant="light" role="alert">
              {textOf(save.error)}
            </Alert>
          ) : null}
          <TextInput label={t('displayName')} maxLength={128} value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <TextInput
            label={t('email')}
            type="email"
            error={errors.email}
            disabled={me.origin !== ''}
            description={me.origin === '' ? undefined : t('emailKept', { origin: me.origin })}
            value={email}
            onChange={(e) => setEmail(e.currentTarget.value)}
          />
          <div>
            <Button type="submit" loading={save.isPending} disabled={name === me.display_name && email === me.email}>
              {t('save')}
            </Button>
          </div>
        </form>
      </Card>
    </Page>
  );
}
