import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { CopyValue } from '../ui/CopyValue';
import { FormError } from '../ui/FormError';
import styles from './TokenForm.module.css';

/** What a token may be given: to read an area, or to write in it as well. */
export type TokenArea = { area: string; write: boolean };

/** What is asked of the server. */
export type TokenWish = { name: string; scopes: string; days: number; allowed_from: string };

type Props = {
  areas: readonly TokenArea[];
  /** The levels at first. */
  first?: Readonly<Record<string, string>>;
  /** How many days it may last; 0: for ever. */
  lengths: readonly number[];
  make: (wish: TokenWish) => Promise<{ token: string }>;
  /** The query that lists the tokens. */
  list: readonly string[];
  /** What is said under the token. */
  children?: ReactNode;
  onClose: () => void;
};

const nothing = {};

/** What a new token may do and how long; then its text, once. */
export function TokenForm({ areas, first = nothing, lengths, make, list, children, onClose }: Props) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [levels, setLevels] = useState(first);
  const [days, setDays] = useState(90);
  const [from, setFrom] = useState('');
  const scopes = areas.flatMap(({ area }) => (levels[area] === undefined || levels[area] === '' ? [] : [`${area}:${levels[area]}`])).join(' ');
  const work = useMutation({
    mutationFn: () => make({ name, scopes, days, allowed_from: from.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: list }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    work.mutate();
  };
  if (work.data !== undefined) {
    return (
      <MadeToken name={name} token={work.data.token} onClose={onClose}>
        {children}
      </MadeToken>
    );
  }
  return (
    <Modal opened size="lg" onClose={onClose} title={t('token.make')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={work.error} />
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
            {areas.map(({ area, write }) => (
              <Select
                key={area}
                label={t.has(`areas.${area}`) ? t(`areas.${area}`) : area}
                allowDeselect={false}
                data={(write ? ['', 'r', 'rw'] : ['', 'r']).map((level) => ({ value: level, label: t(`levels.${level === '' ? 'none' : level}`) }))}
                value={levels[area] ?? ''}
                onChange={(value) => setLevels({ ...levels, [area]: value ?? '' })}
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
            <Button type="submit" disabled={scopes === '' || name.trim() === ''} loading={work.isPending}>
              {t('token.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function MadeToken({ name, token, children, onClose }: { name: string; token: string; children: ReactNode; onClose: () => void }) {
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
        {children}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('token.kept')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
