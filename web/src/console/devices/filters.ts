import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Filter } from '../../ui/DataTable/filters';

export const filterKeys = [
  'status', 'user_name', 'group_name', 'device_group_name', 'os', 'version', 'strategy_name', 'device_username', 'note',
] as const;

/** What devices can be narrowed by. */
export function useDeviceFilters(): readonly Filter[] {
  const t = useTranslations('devices');
  return useMemo(() => {
    const none = [{ value: '-', label: t('filters.none') }];
    const systems = ['Windows', 'Linux', 'macOS', 'Android'].map((label) => ({ value: `%${label}%`, label }));
    return [
      { key: 'status', label: t('filters.state'), options: [{ value: '1', label: t('enabled') }, { value: '0', label: t('disabled') }] },
      { key: 'user_name', label: t('filters.owner'), options: none, isText: true },
      { key: 'device_group_name', label: t('filters.group'), options: none, isText: true },
      { key: 'os', label: t('columns.system'), options: systems, isText: true },
      { key: 'version', label: t('columns.version'), options: [], isText: true },
      { key: 'group_name', label: t('userGroup'), options: [], isText: true },
      { key: 'strategy_name', label: t('strategy'), options: none, isText: true },
      { key: 'device_username', label: t('user'), options: [], isText: true },
      { key: 'note', label: t('note'), options: [], isText: true },
    ];
  }, [t]);
}
