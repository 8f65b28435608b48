import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';
import type { Job } from '../../api/jobs';
import { listQuery, type PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

/** A device in the bin. */
export type Deleted = {
  guid: string;
  id: string;
  device_name: string;
  user_name: string;
  deleted_at: number;
  deleted_by: string;
};

export const deletedQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['devices', 'deleted', list.question],
    queryFn: ({ signal }) => call<PageOf<Deleted>>('GET', `/api/devices/deleted${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const restoreDevices = (guids: readonly string[]) => call<Job>('POST', '/api/devices/deleted/restore', { body: { guids } });
export const purgeDevices = (guids: readonly string[], reason: string) => call<Job>('POST', '/api/devices/deleted/purge', { body: { guids, reason } });
