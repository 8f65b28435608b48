import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import type { PageOf } from '../api/lists';

type Props = Pick<SelectProps, 'id' | 'description' | 'error' | 'disabled'> & {
  kind: 'users' | 'user-groups' | 'device-groups' | 'admin-roles';
  label: string;
  value: string;
  isRequired?: boolean;
  onChange: (value: string) => void;
};

/** Somebody or some group by name; the server searches. */
export function NamePicker({ kind, label, value, isRequired = false, onChange, ...rest }: Props) {
  const t = useTranslations('entities');
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, 150);
  // The text of what is chosen is no question.
  const q = asked === value ? '' : asked;
  const { data } = useQuery({
    queryKey: [kind, 'names', q],
    queryFn: async ({ signal }) => {
      const found = await call<PageOf<{ name: string }> | { name: string }[]>(
        'GET',
        `/api/${kind}${query({ [kind === 'users' ? 'q' : 'name']: kind === 'users' || q === '' ? q : `%${q}%`, pageSize: 50 })}`,
        { signal },
      );
      // Of roles there are few: the list is not searched for them.
      return Array.isArray(found) ? found.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase())) : found.data;
    },
    placeholderData: keepPreviousData,
  });
  const names = (data ?? []).map((row) => row.name);
  const options = value === '' || names.includes(value) ? names : [value, ...names];
  return (
    <Select
      {...rest}
      label={label}
      placeholder={isRequired ? t('choose') : t('nobody')}
      searchable
      clearable={!isRequired}
      clearButtonProps={{ 'aria-label': t('clear', { what: label }) }}
      nothingFoundMessage={t('nothing')}
      data={options}
      filter={({ options: all }) => all}
      value={value === '' ? null : value}
      onSearchChange={setText}
      onChange={(name) => onChange(name ?? '')}
    />
  );
}
