import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type GroupKind = 'user-groups' | 'device-groups';

export type Peer = { type: 0 | 1 | 2; name: string };

export type Group = {
  guid: string;
  name: string;
  note: string;
  allowed_incomings: Peer[];
  allowed_outgoings?: Peer[];
  user_count?: number;
  device_count?: number;
  is_default?: boolean;
  rank?: number;
  version?: string;
  strategy_name?: string;
};

export const groupsQuery = (kind: GroupKind, list: ListSearch) =>
  queryOptions({
    queryKey: [kind, 'list', list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Group>>(
        'GET',
        `/api/${kind}${query({ q: list.q, sort: list.sort, current: list.page, pageSize: list.size })}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

export type GroupChange = { name: string; note: string; allowed_incomings?: Peer[]; allowed_outgoings?: Peer[]; rank?: number };

export const addGroup = (kind: GroupKind, group: GroupChange) => call('POST', `/api/${kind}`, { body: group });
export const changeGroup = (kind: GroupKind, guid: string, group: Partial<GroupChange>, version?: string) =>
  call('PATCH', `/api/${kind}/${guid}`, { body: group, version });

export const readGroup = (kind: GroupKind, guid: string, signal?: AbortSignal) =>
  call<Group>('GET', `/api/${kind}/${encodeURIComponent(guid)}`, { signal });

export const groupQuery = (kind: GroupKind, guid: string) =>
  queryOptions({
    queryKey: [kind, 'one', guid],
    queryFn: ({ signal }) => readGroup(kind, guid, signal),
    retry: false,
  });

/** Somebody, or a device, who is in a group or might be. */
export type Member = { guid: string; key: string; name: string; more: string; is_member: boolean };

export const membersQuery = (kind: GroupKind, guid: string, member: string, list: ListSearch) =>
  queryOptions({
    queryKey: [kind, 'members', guid, member, list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Member>>(
        'GET',
        `/api/${kind}/${guid}/members${query({ q: list.q, member: member === 'all' ? '' : member, current: list.page, pageSize: list.size })}`,
        { signal },
      ),
  });

/** Who comes and who goes, at once. */
export const changeMembers = (kind: GroupKind, guid: string, wishes: ReadonlyMap<string, boolean>) => {
  const those = (isIn: boolean) => [...wishes].filter(([, wish]) => wish === isIn).map(([one]) => one);
  return call('POST', `/api/${kind}/${guid}/members`, { body: { add: those(true), remove: those(false) } });
};

export const strategiesQuery = queryOptions({
  queryKey: ['strategy', 'list'],
  queryFn: ({ signal }) => call<{ guid: string; name: string }[]>('GET', '/api/strategies', { signal }),
});

/** On how many devices a strategy would be in effect, or no more, when a group is given it or loses it. */
export const strategyDifferenceQuery = (strategy: string, group: string, isRemoval: boolean) =>
  queryOptions({
    queryKey: ['strategy', 'preview', 'group', strategy, group, isRemoval],
    queryFn: ({ signal }) =>
      call<{ gained: number; lost: number }>('POST', '/api/strategies/preview', {
        body: { strategy, groups: [group], remove: isRemoval },
        signal,
      }),
    retry: false,
  });

export const giveStrategy = (strategy: string | null, group: string) =>
  call('POST', '/api/strategies/assign', { body: { ...(strategy === null ? {} : { strategy }), peers: [], users: [], groups: [group] } });

export const deleteGroup = (kind: GroupKind, guid: string) => call('DELETE', `/api/${kind}/${guid}`);
/** Puts a device group before another one, or last. */
export const moveGroup = (guid: string, before: string | undefined) =>
  call('POST', `/api/device-groups/${guid}/move`, { body: before === undefined ? {} : { before } });

type Difference = {
  /** Devices that would be without owner and group, and the first of them. */
  unassigned: number;
  unassigned_devices: string[];
  gained: number;
  lost: number;
  gains: { user: string; device: string }[];
  losses: { user: string; device: string }[];
};

/** Who would reach what when a group were deleted. */
export const withoutQuery = (guid: string) =>
  queryOptions({
    queryKey: ['rule', 'without', guid],
    queryFn: ({ signal }) => call<Difference>('POST', '/api/access/dry-run', { body: { without_group: guid }, signal }),
    retry: false,
  });
