import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import { listQuery, type PageAsOf, type PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type User = {
  guid: string;
  name: string;
  display_name: string;
  email: string;
  note: string;
  status: -1 | 0 | 1;
  is_admin: boolean;
  group_name: string;
  third_auth_type?: string;
  last_login?: number | null;
  control_role?: string;
  state?: 'active' | 'locked' | 'invited' | 'waiting' | 'disabled';
  tfa?: 'none' | 'enabled' | 'expired' | 'enforced';
  tfa_enforced?: boolean;
  admin_roles?: string[];
  /** Nobody else could administer the server. */
  last_admin?: boolean;
  device_count?: number;
  created_at?: number | null;
  version?: string;
};

export const readUser = (guid: string, signal?: AbortSignal) =>
  call<User>('GET', `/api/users/${encodeURIComponent(guid)}`, { signal });

export const userQuery = (guid: string) =>
  queryOptions({
    queryKey: ['users', 'one', guid],
    queryFn: ({ signal }) => readUser(guid, signal),
    retry: false,
  });

export const usersQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['users', 'list', list.question],
    queryFn: ({ signal }) => call<PageAsOf<User>>('GET', `/api/users${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
  });

type Facet = { value: string; count: number };

/** How many users have what. */
export type Facets = Record<'states' | 'factors' | 'user_groups' | 'sources' | 'control_roles' | 'admin_roles', Facet[]> & {
  total: number;
  administrators: number;
  owners: number;
};

export const facetsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['users', 'facets', list.q, list.filters],
    queryFn: ({ signal }) => call<Facets>('GET', `/api/users/facets${query({ q: list.q, ...list.asks })}`, { signal }),
    placeholderData: keepPreviousData,
    // Counts help to choose; they need not be those of this second.
    staleTime: 10_000,
  });

export type NewUser = {
  name: string;
  password?: string;
  email: string;
  group_name: string;
  note: string;
  display_name: string;
  is_admin: boolean;
  control_role: string;
};

/** A person who is to be added: by mail, with a password for once that the server makes, or with a chosen one. */
export type AddedUser = Pick<NewUser, 'name' | 'email' | 'group_name' | 'control_role' | 'is_admin' | 'password'> & {
  admin_roles: string[];
  one_time_password?: boolean;
};

export const addUser = (user: AddedUser) => call<{ guid: string; password?: string }>('POST', '/api/users', { body: user });
export const inviteUser = (user: Pick<NewUser, 'name' | 'email' | 'group_name'> & Partial<AddedUser>) =>
  call<{ guid: string; password?: string }>('POST', '/api/users/invite', { body: user });

/** How many devices somebody new would reach. */
export const newReachQuery = (group: string, isAdmin: boolean) =>
  queryOptions({
    queryKey: ['access', 'reach', 'new', group, isAdmin],
    queryFn: async ({ signal }) =>
      (await call<PageOf<unknown>>('GET', `/api/access/reach${query({ user_group: group, is_admin: isAdmin ? 1 : 0, pageSize: 1 })}`, { signal })).total,
    enabled: group !== '',
    placeholderData: keepPreviousData,
  });

export const adminRoleNamesQuery = queryOptions({
  queryKey: ['admin-roles', 'names'],
  queryFn: async ({ signal }) => (await call<{ name: string }[]>('GET', '/api/admin-roles', { signal })).map((role) => role.name),
});

export const changeUser = (guid: string, user: Partial<NewUser>, version?: string) =>
  call('PATCH', `/api/users/${guid}`, { body: user, version });
export const setUserEnabled = (guid: string, isEnabled: boolean) =>
  call('POST', `/api/users/${guid}/${isEnabled ? 'enable' : 'disable'}`);
export const unlockUser = (guid: string) => call('POST', `/api/users/${guid}/unlock`);
export const deleteUser = (guid: string) => call('DELETE', `/api/users/${guid}`);
export const signOutUsers = (guids: string[]) => call('POST', '/api/users/force-logout', { body: { user_guids: guids } });
export const resetFactors = (guids: string[]) =>
  call('PUT', '/api/users/disable_login_verification', { body: { user_guids: guids, type: '2fa' } });
/** By what a person signs in. */
export type Security = {
  editable: boolean;
  has_password: boolean;
  factor: NonNullable<User['tfa']>;
  factor_since?: number | null;
  recovery_codes: number;
  email_codes: boolean;
  locked_until?: number | null;
  /** Whether that wait may be ended. */
  unlockable: boolean;
  passkeys: { id: string; name: string; created_at: number; last_used_at?: number | null }[];
  trusted: { guid: string; kind: 'console' | 'client'; name: string; os: string; created_at: number; expires_at: number }[];
  outside: { provider: string; last_used_at?: number | null }[];
};

export const securityQuery = (guid: string) =>
  queryOptions({
    queryKey: ['users', 'security', guid],
    queryFn: ({ signal }) => call<Security>('GET', `/api/users/${guid}/security`, { signal }),
  });

export const removePasskey = (guid: string, id: string) => call('DELETE', `/api/users/${guid}/security/passkeys/${encodeURIComponent(id)}`);
export const forgetBrowser = (guid: string, id: string) => call('DELETE', `/api/users/${guid}/security/trusted/${id}`);
export const dropEmailCodes = (guids: string[]) =>
  call('PUT', '/api/users/disable_login_verification', { body: { user_guids: guids, type: 'email' } });
export const enforceFactor = (guids: string[], isEnforced: boolean) =>
  call('PUT', '/api/users/tfa/totp/enforce', {
    body: { user_guids: guids, enforce: isEnforced, url: location.origin },
  });
