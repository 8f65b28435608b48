import { Select } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../api/client';

type Role = { name: string; kind: 'custom' | 'default' | 'not_logged_in' };

/** As the page of control roles reads them. */
export const controlRolesQuery = queryOptions({
  queryKey: ['control-roles'],
  queryFn: ({ signal }) => call<Role[]>('GET', '/api/control-roles', { signal }),
});

type Props = { value: string; description?: string; onChange: (value: string) => void };

/** A control role that can be given to a person; empty is the default one. */
export function ControlRolePicker({ value, description, onChange }: Props) {
  const t = useTranslations('entities');
  const { data = [] } = useQuery(controlRolesQuery);
  const own = data.filter((role) => role.kind === 'custom').map((role) => role.name);
  return (
    <Select
      label={t('controlRole')}
      description={description}
      data={[{ value: '', label: t('defaultRole') }, ...own]}
      allowDeselect={false}
      searchable
      nothingFoundMessage={t('nothing')}
      // The default one may have been given by its name.
      value={own.includes(value) ? value : ''}
      onChange={(name) => onChange(name ?? '')}
    />
  );
}
