import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Filter } from '../../ui/DataTable/filters';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useFacets } from '../../ui/DataTable/useFacets';
import { useDaysText } from '../../ui/DataTable/useWhenFilter';
import { facetsQuery } from './queries';

/** More values than this nobody chooses from; the others are found by a text. */
const mostOptions = 12;

export const filterKeys = [
  'status', 'online', 'favourite', 'in_session', 'needs', 'user_name', 'group_name', 'device_group_name', 'os', 'version', 'older', 'effective_strategy', 'strategy_name', 'device_username', 'host_name', 'ip', 'cpu', 'memory', 'note', 'seen', 'guids',
] as const;

/** Of those, what may have several values. */
export const manyKeys = [
  'needs', 'user_name', 'group_name', 'device_group_name', 'os', 'version', 'effective_strategy', 'strategy_name', 'device_username', 'host_name', 'ip', 'cpu', 'memory', 'note',
] as const;

// Of those, what is counted: beside what is chosen, too.
const countedKeys = ['device_group_name', 'os', 'version', 'effective_strategy', 'strategy_name'] as const;

/** What devices can be narrowed by. */
export function useDeviceFilters(list: ListSearch): readonly Filter[] {
  const t = useTranslations('devices');
  const daysText = useDaysText();
  const { facets, besides } = useFacets(list, countedKeys, facetsQuery);
  return useMemo(() => {
    const counted = (found: readonly { value: string; count: number }[] | undefined, mark = '') =>
      (found ?? []).filter(({ value }) => value !== '').slice(0, mostOptions)
        .map(({ value, count }) => ({ value: value + mark, label: value, count }));
    const none = [{ value: '-', label: t('filters.none') }];
    return [
      { key: 'status', label: t('filters.state'), options: [
        { value: '1', label: t('enabled'), count: facets?.enabled },
        { value: '0', label: t('disabled'), count: facets?.disabled },
      ] },
      { key: 'online', label: t('filters.presence'), options: [
        { value: '1', label: t('online'), count: facets?.online },
        { value: '0', label: t('offline'), count: facets === undefined ? undefined : facets.total - facets.online },
      ] },
      { key: 'in_session', label: t('inSession'), options: [
        { value: '1', label: t('filters.someoneOn') },
        { value: '0', label: t('filters.nobodyOn') },
      ] },
      { key: 'favourite', label: t('filters.favourite'), options: [{ value: '1', label: t('filters.favouriteOnly') }] },
      { key: 'needs', label: t('filters.needs'), options: [
        { value: 'any', label: t('filters.needsAny') },
        { value: 'conflict', label: t('conflict') },
        { value: 'api', label: t('filters.needsApi') },
        { value: 'outdated', label: t('filters.needsOutdated') },
        { value: 'sysinfo', label: t('filters.needsSysinfo') },
      ] },
      { key: 'seen', label: t('columns.seen'), options: [
        ...[7, 30, 90].map((days) => ({ value: `>${days}d`, label: t('filters.longerAgo', { days }) })),
        ...[1, 7].map((days) => ({ value: `<${days}d`, label: t('filters.within', { days }) })),
        { value: '-', label: t('filters.neverSeen') },
      ], isDays: true, wordOf: (value) => (/^[<>]/.test(value) ? value : daysText(value)) },
      { key: 'user_name', label: t('filters.owner'), options: none, isText: true },
      { key: 'device_group_name', label: t('filters.group'), options: [...none, ...counted(besides.device_group_name?.device_groups)], isText: true },
      { key: 'os', label: t('columns.system'), options: counted(besides.os?.platforms, '%'), isText: true },
      { key: 'version', label: t('columns.version'), options: counted(besides.version?.versions), isText: true },
      { key: 'older', label: t('filters.older'), options: [], isText: true },
      { key: 'group_name', label: t('userGroup'), options: [], isText: true },
      { key: 'effective_strategy', label: t('effective.title'), options: [...none, ...counted(besides.effective_strategy?.effective_strategies)], isText: true },
      { key: 'strategy_name', label: t('strategy'), options: [...none, ...counted(besides.strategy_name?.strategies)], isText: true },
      { key: 'device_username', label: t('user'), options: [], isText: true },
      { key: 'host_name', label: t('hostName'), options: [], isText: true },
      { key: 'ip', label: t('address'), options: [], isText: true },
      { key: 'cpu', label: t('cpu'), options: [], isText: true },
      { key: 'memory', label: t('memory'), options: [], isText: true },
      { key: 'note', label: t('note'), options: [], isText: true },
      { key: 'guids', label: t('filters.chosen'), options: [], isHidden: true, wordOf: (value) => String(value.split(',').length) },
    ];
  }, [t, facets, besides, daysText]);
}
