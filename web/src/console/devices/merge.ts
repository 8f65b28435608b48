import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

/** What a device gets from another one that is merged into it. */
export type MergePreview = {
  sessions: number;
  files: number;
  alarms: number;
  recordings: number;
  books: number;
  books_with_both: number;
  device_groups: string[];
  user_name: string;
  strategy_name: string;
  rules: number;
  other_online: boolean;
};

export const mergeQuery = (stays: string, goes: string) =>
  queryOptions({
    queryKey: ['devices', 'merge', stays, goes],
    queryFn: ({ signal }) => call<MergePreview>('GET', `/api/devices/${stays}/merge?other=${goes}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const mergeDevices = (stays: string, goes: string, reason: string) =>
  call('POST', `/api/devices/${stays}/merge`, { body: { other: goes, reason } });
