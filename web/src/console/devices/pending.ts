import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { Job } from '../../api/jobs';
import { listQuery, type PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

/** A machine that waits to be let in; all of it is what the machine says. */
export type Pending = {
  guid: string;
  id: string;
  device_name: string;
  address: string;
  first_seen: number;
  last_seen: number;
  state: 'waiting' | 'rejected';
  clash: '' | 'machine' | 'key' | 'rival';
  key_fingerprint: string;
};

export const pendingKeys = ['state'] as const;

export const pendingQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['devices', 'pending', list.question],
    queryFn: ({ signal }) => call<PageOf<Pending>>('GET', `/api/devices/pending${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });

/** How many wait. */
export const pendingCountQuery = queryOptions({
  queryKey: ['devices', 'pending', 'count'],
  queryFn: async ({ signal }) => (await call<PageOf<Pending>>('GET', '/api/devices/pending?pageSize=1', { signal })).total,
  refetchInterval: 60_000,
});

/** Which machines: by name, or all that the list shows. */
export type Which = { guids: readonly string[] } | { query: string; expected: number };

/** What machines get that are let in. */
export type Gifts = { device_groups?: readonly string[]; user_name?: string; strategy_name?: string };

export const everyone = (list: ListSearch, total: number): Which => ({
  query: query({ q: list.q, ...list.asks }).slice(1),
  expected: total,
});

export const approve = (which: Which, gifts: Gifts) => call<Job>('POST', '/api/devices/pending/approve', { body: { ...which, ...gifts } });
export const reject = (which: Which) => call<Job>('POST', '/api/devices/pending/reject', { body: which });
export const letWait = (which: Which) => call<Job>('POST', '/api/devices/pending/wait', { body: which });

type Blocked = { addresses: string[] };

export const blockedQuery = queryOptions({
  queryKey: ['devices', 'blocked'],
  queryFn: async ({ signal }) => (await call<Blocked>('GET', '/api/devices/blocked', { signal })).addresses,
});

export const block = (guids: readonly string[]) => call<Blocked>('POST', '/api/devices/blocked', { body: { guids } });
export const unblock = (address: string) => call<Blocked>('POST', '/api/devices/blocked/remove', { body: { addresses: [address] } });
