import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { CopyValue } from '../../ui/CopyValue';
import { FormError } from '../../ui/FormError';
import styles from './settings.module.css';
import { areas, makeToken, scopesText, type Area, type Level } from './tokens';

const levels: readonly Level[] = ['', 'r', 'rw'];
const lengths = [7, 30, 90, 365, 0];

/** What a new token may do and how long; then its text, once. */
export function MakeToken({ onClose }: { onClose: () => void }) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Partial<Record<Area, Level>>>({ device: 'r' });
  const [days, setDays] = useState(90);
  const [from, setFrom] = useState('');
  const make = useMutation({
    mutationFn: () => makeToken({ name, scopes: scopesText(scopes), days, allowed_from: from.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    make.mutate();
  };
  if (make.data !== undefined) return <MadeToken name={name} token={make.data.token} onClose={onClose} />;
  return (
    <Modal opened size="lg" onClose={onClose} title={t('token.make')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={make.error} />
          <TextInput
            label={t('token.name')}
            description={t('token.nameHelp')}
            required
            withAsterisk={false}
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <fieldset className={styles.areas}>
            <legend>{t('token.scopes')}</legend>
            {areas.map((area) => (
              <Select
                key={area}
                label={t(`areas.${area}`)}
                allowDeselect={false}
                data={levels.map((level) => ({ value: level, label: t(`levels.${level === '' ? 'none' : level}`) }))}
                value={scopes[area] ?? ''}
                onChange={(value) => setScopes({ ...scopes, [area]: levels.find((l) => l === value) ?? '' })}
              />
            ))}
          </fieldset>
          <Select
            label={t('token.expires')}
            allowDeselect={false}
            data={lengths.map((n) => ({ value: String(n), label: n === 0 ? t('token.neverExpires') : t('token.days', { count: n }) }))}
            value={String(days)}
            onChange={(value) => setDays(Number(value ?? 90))}
          />
          <TextInput
            label={t('token.fromOptional')}
            description={t('token.fromHelp')}
            placeholder="10.0.0.0/8"
            value={from}
            onChange={(e) => setFrom(e.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={scopesText(scopes) === ''} loading={make.isPending}>
              {t('token.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function MadeToken({ name, token, onClose }: { name: string; token: string; onClose: () => void }) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      closeOnClickOutside={false}
      title={t('token.made', { name })}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <Stack gap="md">
        <p className={styles.text}>{t('token.once')}</p>
        <CopyValue isBlock value={token} label={t('token.itself')} />
        <p className={styles.text}>{t('token.example')}</p>
        <pre className={styles.code}>{`export HAWSER_TOKEN=…\ncurl -H "Authorization: Bearer $HAWSER_TOKEN" \\\n  "${location.origin}${basePath}/api/devices?pageSize=10"`}</pre>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('token.kept')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
