import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { useFieldErrors } from '../../ui/problemText';
import { say } from '../../ui/toast';
import styles from './me.module.css';
import { PictureField } from './PictureField';
import { saveProfile } from './queries';

/** Picture, name and mail address. */
export function AboutCard() {
  const t = useTranslations('me');
  const me = useMe();
  const client = useQueryClient();
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
    <Card title={t('about')}>
      <PictureField />
      <form className={styles.form} onSubmit={submit}>
        <FormError error={Object.keys(errors).length === 0 ? save.error : null} />
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
  );
}
