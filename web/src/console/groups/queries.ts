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
};

export const groupsQuery = (kind: GroupKind, list: ListSearch) =>
  queryOptions({
    queryKey: [kind, 'list', list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Group>>(
        'GET',
        `/api/${kind}${query({ name: list.q === '' ? '' : `%${list.q}%`, current: list.page, pageSize: list.size })}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

export type GroupChange = { name: string; note: string; allowed_incomings?: Peer[]; allowed_outgoings?: Peer[] };

export const addGroup = (kind: GroupKind, group: GroupChange) => call('POST', `/api/${kind}`, { body: group });
export const changeGroup = (kind: GroupKind, guid: string, group: GroupChange) =>
  call('PATCH', `/api/${kind}/${guid}`, { body: group });
export const deleteGroup = (kind: GroupKind, guid: string) => call('DELETE', `/api/${kind}/${guid}`);
