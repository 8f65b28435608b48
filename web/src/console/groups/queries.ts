import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { Problem } from '../../api/problem';
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
        `/api/${kind}${query({ name: list.q === '' ? '' : `%${list.q}%`, sort: list.sort, current: list.page, pageSize: list.size })}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

export type GroupChange = { name: string; note: string; allowed_incomings?: Peer[]; allowed_outgoings?: Peer[]; rank?: number };

export const addGroup = (kind: GroupKind, group: GroupChange) => call('POST', `/api/${kind}`, { body: group });
export const changeGroup = (kind: GroupKind, guid: string, group: Partial<GroupChange>, version?: string) =>
  call('PATCH', `/api/${kind}/${guid}`, { body: group, version });

/** One group as it is now, from the list: one group alone has no address. */
export async function readGroup(kind: GroupKind, group: Group): Promise<Group> {
  for (let page = 1; ; page += 1) {
    const found = await call<PageOf<Group>>('GET', `/api/${kind}${query({ current: page, pageSize: 1000 })}`);
    const now = found.data.find((one) => one.guid === group.guid);
    if (now !== undefined) return now;
    if (found.data.length < 1000) throw new Problem(404, 'not_found', '');
  }
}
export const deleteGroup = (kind: GroupKind, guid: string) => call('DELETE', `/api/${kind}/${guid}`);
/** Puts a device group before another one, or last. */
export const moveGroup = (guid: string, before: string | undefined) =>
  call('POST', `/api/device-groups/${guid}/move`, { body: before === undefined ? {} : { before } });

type Difference = {
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
