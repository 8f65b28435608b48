import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import type { PageOf } from '../../api/lists';

type Props = { value: string; onChange: (value: string) => void };

/** A shared address book; there are few. */
export function BookSelect({ value, onChange }: Props) {
  const t = useTranslations('devices');
  const { data = [] } = useQuery({
    queryKey: ['books', 'names'],
    queryFn: async ({ signal }) => {
      const books = await call<PageOf<{ name: string; is_personal: boolean }>>('GET', '/api/books/all?pageSize=1000', { signal });
      // Names of shared books; a comma would end the name for the server.
      return books.data.filter((b) => !b.is_personal && !b.name.includes(',')).map((b) => b.name);
    },
  });
  return (
    <Select
      label={t('book')}
      data={[...new Set(data)]}
      searchable
      value={value === '' ? null : value}
      onChange={(name) => onChange(name ?? '')}
    />
  );
}
