import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../api/client';
import { FormError } from '../ui/FormError';
import styles from './checks.module.css';

/** A relay that runs already, with this server's key. */
export function AddRelay() {
  const t = useTranslations('entities');
  const client = useQueryClient();
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => call('POST', '/api/relays', { body: { address, name } }),
    onSuccess: async () => {
      setAddress('');
      setName('');
      await client.invalidateQueries({ queryKey: ['relays'] });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <FormError error={add.error} />
      <div className={styles.row}>
        <TextInput
          className={styles.grow ?? ''}
          label={t('relayParts.address')}
          placeholder="relay2.example.com"
          required
          withAsterisk={false}
          value={address}
          onChange={(e) => setAddress(e.currentTarget.value)}
        />
        <TextInput className={styles.grow ?? ''} label={t('relayParts.nameOptional')} maxLength={128} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Button type="submit" variant="default" loading={add.isPending}>
          {t('relayParts.add')}
        </Button>
      </div>
    </form>
  );
}
