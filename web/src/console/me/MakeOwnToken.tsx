import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { CopyValue } from '../../ui/CopyValue';
import { FormError } from '../../ui/FormError';
import styles from './me.module.css';
import { makeOwnToken, type OwnScope } from './queries';

const lengths = [7, 30, 90, 365];

type Props = { scopes: readonly OwnScope[]; mostDays: number; onClose: () => void };

/** What a new token may do, no more than its maker, and how long; then its text, once. */
export function MakeOwnToken({ scopes, mostDays, onClose }: Props) {
  const s = useTranslations('settings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [levels, setLevels] = useState<Record<string, string>>({});
  const [days, setDays] = useState(90);
  const [from, setFrom] = useState('');
  const wanted = scopes.flatMap(({ area }) => (levels[area] === undefined || levels[area] === '' ? [] : [`${area}:${levels[area]}`])).join(' ');
  const make = useMutation({
    mutationFn: () => makeOwnToken({ name, scopes: wanted, days, allowed_from: from.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    make.mutate();
  };
  if (make.data !== undefined) return <MadeToken name={name} token={make.data.token} onClose={onClose} />;
  return (
    <Modal opened size="lg" onClose={onClose} title={s('token.make')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={make.error} />
          <TextInput
            label={s('token.name')}
            description={s('token.nameHelp')}
            required
            withAsterisk={false}
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <fieldset className={styles.keys}>
            <legend>{s('token.scopes')}</legend>
            {scopes.map(({ area, write }) => (
              <Select
                key={area}
                label={s.has(`areas.${area}`) ? s(`areas.${area}`) : area}
                allowDeselect={false}
                data={(write ? ['', 'r', 'rw'] : ['', 'r']).map((level) => ({ value: level, label: s(`levels.${level === '' ? 'none' : level}`) }))}
                value={levels[area] ?? ''}
                onChange={(value) => setLevels({ ...levels, [area]: value ?? '' })}
              />
            ))}
          </fieldset>
          <Select
            label={s('token.expires')}
            allowDeselect={false}
            data={lengths.filter((n) => n <= mostDays).map((n) => ({ value: String(n), label: s('token.days', { count: n }) }))}
            value={String(days)}
            onChange={(value) => setDays(Number(value ?? 90))}
          />
          <TextInput
            label={s('token.fromOptional')}
            description={s('token.fromHelp')}
            placeholder="10.0.0.0/8"
            value={from}
            onChange={(e) => setFrom(e.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={wanted === '' || name.trim() === ''} loading={make.isPending}>
              {s('token.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function MadeToken({ name, token, onClose }: { name: string; token: string; onClose: () => void }) {
  const s = useTranslations('settings');
  const c = useTranslations('common');
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      closeOnClickOutside={false}
      title={s('token.made', { name })}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <Stack gap="md">
        <p className={styles.text}>{s('token.once')}</p>
        <CopyValue isBlock value={token} label={s('token.itself')} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{s('token.kept')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
