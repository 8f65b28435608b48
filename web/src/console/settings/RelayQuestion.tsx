import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { askForRelay } from '../../api/relays';
import styles from './settings.module.css';

/** Which relay somebody at an address would be told now, and why. */
export function RelayQuestion() {
  const t = useTranslations('settings');
  const [address, setAddress] = useState('');
  const ask = useMutation({ mutationFn: () => askForRelay(address.trim()) });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const { data } = ask;
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormError error={ask.error} />
      <div className={styles.row}>
        <TextInput
          className={styles.grow ?? ''}
          label={t('relay.askAddress')}
          description={t('relay.askHelp')}
          placeholder="203.0.113.7"
          required
          withAsterisk={false}
          value={address}
          onChange={(e) => setAddress(e.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={ask.isPending}>
          {t('relay.ask')}
        </Button>
      </div>
      {data === undefined ? null : (
        <Alert color="blue" variant="light" role="status">
          {t(t.has(`relay.reasons.${data.reason}`) ? `relay.reasons.${data.reason}` : 'relay.reasons.turn', {
            relay: data.relay,
            candidates: data.candidates.join(', '),
          })}
        </Alert>
      )}
    </form>
  );
}
