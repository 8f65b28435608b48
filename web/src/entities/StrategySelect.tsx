import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../api/client';

type Props = { label: string; value: string; onChange: (name: string) => void };

/** One of the strategies, of which there are few, or none. */
export function StrategySelect({ label, value, onChange }: Props) {
  const t = useTranslations('entities');
  const { data } = useQuery({
    queryKey: ['strategy', 'names'],
    queryFn: ({ signal }) => call<{ name: string }[]>('GET', '/api/strategies', { signal }),
  });
  return (
    <Select
      label={label}
      placeholder={t('nobody')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('clear', { what: label }) }}
      nothingFoundMessage={t('nothing')}
      data={(data ?? []).map((strategy) => strategy.name)}
      value={value === '' ? null : value}
      onChange={(name) => onChange(name ?? '')}
    />
  );
}
