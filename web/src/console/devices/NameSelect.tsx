import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import type { PageOf } from '../../api/lists';

type Props = { kind: 'strategy_name' | 'ab'; value: string; onChange: (value: string) => void };

/** A strategy, or a shared address book; there are few. */
export function NameSelect({ kind, value, onChange }: Props) {
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
