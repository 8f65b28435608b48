import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import type { Operation } from '../../entities/operations';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { stretchOf } from '../../ui/DataTable/when';

export type Transfer = {
  guid: string;
  remote: string;
  local: string;
  created_at: number;
  type: number;
  path: string;
  is_file: boolean;
  device_id: string;
  info: { num: number; ip: string; name: string; files: [string, number][] };
  local_user?: string;
  user_guid?: string;
  /** The connection that it went over. */
  connection?: string;
};

export type Chain = { ok: boolean; rows: number; first: number; last: number; head: string; waiting: number; faults: string[] };

/** Checks all of the log; the server reads it whole. */
export const verifyChain = () => call<Chain>('POST', '/api/audits/console/verify');

const asked = ({ filters, asks, q, page, size }: ListSearch) =>
  query({ ...asks, when: undefined, ...stretchOf(filters.when, new Date()), q, current: page, pageSize: size });

export const transfersQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['audit', 'files', list.question],
    queryFn: ({ signal }) => call<PageOf<Transfer>>('GET', `/api/audits/file${asked(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const operationsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['audit', 'console', list.question],
    queryFn: ({ signal }) => call<PageOf<Operation>>('GET', `/api/audits/console${asked(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });
