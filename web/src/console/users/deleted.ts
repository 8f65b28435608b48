import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';
import type { Job } from '../../api/jobs';
import { listQuery, type PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

/** An account in the bin. */
export type DeletedUser = {
  guid: string;
  name: string;
  display_name: string;
  email: string;
  group_name: string;
  is_admin: boolean;
  device_count: number;
  book_count: number;
  deleted_at: number;
  deleted_by: string;
  /** Another account has its name now. */
  name_taken: boolean;
};

export const deletedUsersQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['users', 'deleted', list.question],
    queryFn: ({ signal }) => call<PageOf<DeletedUser>>('GET', `/api/users/deleted${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const restoreUsers = (guids: readonly string[], name?: string) =>
  call<Job>('POST', '/api/users/deleted/restore', { body: { guids, ...(name === undefined ? {} : { name }) } });
export const purgeUsers = (guids: readonly string[], reason: string) =>
  call<Job>('POST', '/api/users/deleted/purge', { body: { guids, reason } });
