import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { NamePicker } from '../../entities/NamePicker';

export type Target = 'user_name' | 'device_group_name' | 'strategy_name' | 'ab';

type Props = { kind: Target; count: number; onAssign: (value: string) => void; onClose: () => void };

const titles = { user_name: 'toOwner', device_group_name: 'toGroup', strategy_name: 'toStrategy', ab: 'toBook' } as const;

/** An owner, a group, a strategy or a place in an address book for many devices. */
export function BulkAssign({ kind, count, onAssign, onClose }: Props) {
  const t = useTranslations('devices');
  const c = useTranslations('common');
  const [value, setValue] = useState('');
  return (
    <Modal opened onClose={onClose} title={t(titles[kind])} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        {kind === 'user_name' || kind === 'device_group_name' ? (
          <NamePicker
            kind={kind === 'user_name' ? 'users' : 'device-groups'}
            label={kind === 'user_name' ? t('columns.owner') : t('columns.group')}
            value={value}
            onChange={setValue}
          />
        ) : (
          <NameSelect kind={kind} value={value} onChange={setValue} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button disabled={kind === 'ab' && value === ''} onClick={() => onAssign(value)}>
            {kind === 'ab' ? t('addMany', { count }) : value === '' ? t('takeAway', { count }) : t('assignMany', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type SelectProps = { kind: 'strategy_name' | 'ab'; value: string; onChange: (value: string) => void };

/** A strategy, or a shared address book; there are few. */
function NameSelect({ kind, value, onChange }: SelectProps) {
  const t = useTranslations('devices');
  const { data = [] } = useQuery({
    queryKey: [kind === 'ab' ? 'books' : 'strategy', 'names'],
    queryFn: async ({ signal }) => {
      if (kind === 'strategy_name') return (await call<{ name: string }[]>('GET', '/api/strategies', { signal })).map((s) => s.name);
      const books = await call<PageOf<{ name: string; is_personal: boolean }>>('GET', '/api/books/all?pageSize=1000', { signal });
      // Names of shared books; a comma would end the name for the server.
      return books.data.filter((b) => !b.is_personal && !b.name.includes(',')).map((b) => b.name);
    },
  });
  return (
    <Select
      label={kind === 'ab' ? t('book') : t('strategy')}
      data={[...new Set(data)]}
      searchable
      clearable={kind !== 'ab'}
      clearButtonProps={{ 'aria-label': t('clearStrategy') }}
      value={value === '' ? null : value}
      onChange={(name) => onChange(name ?? '')}
    />
  );
}
