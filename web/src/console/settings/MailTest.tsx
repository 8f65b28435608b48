import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { FormError } from '../../ui/FormError';
import { MailDialogue } from './MailDialogue';
import { testMail } from './queries';
import styles from './settings.module.css';

/** Sends a mail with what is stored, and shows what the mail server said. */
export function MailTest() {
  const t = useTranslations('settings');
  const me = useMe();
  const [to, setTo] = useState(me.email);
  const test = useMutation({ mutationFn: () => testMail(to) });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    test.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.row}>
        <TextInput
          className={styles.grow ?? ''}
          label={t('testTo')}
          description={t('testHelp')}
          type="email"
          required
          withAsterisk={false}
          value={to}
          onChange={(e) => setTo(e.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={test.isPending}>
          {t('sendTest')}
        </Button>
      </div>
      <FormError error={test.error} />
      {test.data === undefined ? null : (
        <Alert color={test.data.sent ? 'blue' : 'red'} variant="light" role="status">
          {test.data.sent ? t('testSent') : t('testFailed', { answer: test.data.answer })}
        </Alert>
      )}
      {test.data === undefined || test.data.dialogue.length === 0 ? null : <MailDialogue turns={test.data.dialogue} />}
    </form>
  );
}
