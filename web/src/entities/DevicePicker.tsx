import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import type { PageOf } from '../api/lists';
import { groupedId } from '../ui/groupedId';

type Row = { guid: string; id: string; info: { device_name: string } };

type Props = {
  label: string;
  /** The device's ID. */
  value: string;
  onChange: (id: string, guid: string) => void;
};

/** A device by name or ID, with or without blanks; the server searches. */
export function DevicePicker({ label, value, onChange }: Props) {
  const t = useTranslations('entities');
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, 150);
  // The text of what is chosen is no question.
  const isChosen = value !== '' && asked.includes(groupedId(value));
  const digits = asked.replace(/\s/g, '');
  const q = isChosen ? '' : /^\d+$/.test(digits) ? digits : asked.trim();
  const { data } = useQuery({
    queryKey: ['devices', 'names', q],
    queryFn: ({ signal }) => call<PageOf<Row>>('GET', `/api/devices${query({ q, pageSize: 25 })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const rows = data?.data ?? [];
  const options = rows.map((row) => ({
    value: row.id,
    label: row.info.device_name === '' ? groupedId(row.id) : `${row.info.device_name} · ${groupedId(row.id)}`,
  }));
  const all = value === '' || rows.some((row) => row.id === value) ? options : [{ value, label: groupedId(value) }, ...options];
  return (
    <Select
      label={label}
      placeholder={t('anyDevice')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('clear', { what: label }) }}
      nothingFoundMessage={t('nothing')}
      data={all}
      filter={({ options: found }) => found}
      value={value === '' ? null : value}
      onSearchChange={setText}
      onChange={(id) => onChange(id ?? '', rows.find((row) => row.id === id)?.guid ?? '')}
    />
  );
}
