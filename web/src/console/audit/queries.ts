import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type Transfer = {
  guid: string;
  remote: string;
  local: string;
  created_at: number;
  type: number;
  path: string;
  is_file: boolean;
  device_id: string;
  info: { num: number; ip: string; name: string };
};

export type Operation = {
  guid: string;
  operator: string;
  typ: number;
  action: string;
  created_at: number;
  ip: string;
  sequence?: number;
  info: { targets?: string[]; count?: number; token?: string } & Record<string, unknown>;
};

const page = (list: ListSearch) => ({ current: list.page, pageSize: list.size, ...list.filters });

export const transfersQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['audit', 'files', list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Transfer>>('GET', `/api/audits/file${query({ ...page(list), remote: list.q })}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const operationsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['audit', 'console', list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Operation>>('GET', `/api/audits/console${query({ ...page(list), operator: list.q })}`, { signal }),
    placeholderData: keepPreviousData,
  });
