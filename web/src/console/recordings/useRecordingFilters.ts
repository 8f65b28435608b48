import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import type { Filter } from '../../ui/DataTable/filters';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useCountedFilters } from '../../ui/DataTable/useCountedFilters';
import { useWhenFilter } from '../../ui/DataTable/useWhenFilter';
import { counted, deviceGroupsQuery } from './queries';

const codecs = ['vp8', 'vp9', 'av1', 'h264', 'h265'];

/** What recordings can be narrowed by. */
export function useRecordingFilters(list: ListSearch): readonly Filter[] {
  const t = useTranslations('recordings');
  const me = useMe();
  const when = useWhenFilter();
  const { data: groups } = useQuery({ ...deviceGroupsQuery, enabled: can(me, 'groups.view') });
  const filters = useMemo<Filter[]>(
    () => [
      when,
      { key: 'device', label: t('device'), options: [], isText: true },
      { key: 'group', label: t('group'), options: (groups ?? []).map(({ guid, name }) => ({ value: guid, label: name })) },
      { key: 'operator', label: t('user'), options: [], isText: true },
      { key: 'events', label: t('hasEvents'), options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { key: 'direction', label: t('direction'), options: [{ value: 'incoming', label: t('directions.incoming') }, { value: 'outgoing', label: t('directions.outgoing') }] },
      {
        key: 'status',
        label: t('state'),
        options: [
          { value: 'recording', label: t('receiving') },
          { value: 'processing', label: t('beingFinished') },
          { value: 'ready', label: t('ready') },
          { value: 'error', label: t('failed') },
        ],
      },
      { key: 'source', label: t('source'), options: [{ value: 'stream', label: t('stream') }, { value: 'upload', label: t('upload') }] },
      { key: 'longer', label: t('longer'), options: [60, 600, 3600].map((s) => ({ value: String(s), label: t('minutes', { count: s / 60 }) })) },
      { key: 'held', label: t('onHold'), options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { key: 'incomplete', label: t('incomplete'), options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { key: 'codec', label: t('codec'), options: codecs.map((value) => ({ value, label: value.toUpperCase() })) },
    ],
    [t, when, groups],
  );
  return useCountedFilters(list, filters, counted);
}
