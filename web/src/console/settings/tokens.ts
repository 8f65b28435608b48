import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import type { TokenWish } from '../../entities/TokenForm';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type Token = {
  guid: string;
  user: string;
  name: string;
  scopes: string;
  allowed_from: string;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_address: string;
};

export const areas = [
  'device', 'audit', 'user', 'user_group', 'device_group', 'strategy', 'address_book', 'access', 'recording', 'setting',
] as const;

export const tokensQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['tokens', list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Token>>('GET', `/api/tokens${query({ current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const makeToken = (wish: TokenWish) =>
  call<{ guid: string; token: string; expires_at: number | null }>('POST', '/api/tokens', { body: wish });
export const endToken = (guid: string) => call('DELETE', `/api/tokens/${guid}`);

/** The words of a token's scopes; those that are not known stay as they are. */
export const scopesOf = (text: string) =>
  text.split(' ').filter((word) => word !== '').map((word) => {
    const [name = '', level = ''] = word.split(':');
    return { area: areas.find((a) => a === name), name, level };
  });
