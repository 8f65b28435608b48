import { queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';

export type PermissionState = 'allow' | 'deny' | 'unset';

export type Role = {
  guid: string;
  name: string;
  note: string;
  kind: 'custom' | 'default' | 'not_logged_in';
  enabled: boolean;
  permissions: Partial<Record<string, PermissionState>>;
  user_count: number;
  version?: string;
};

export type RoleChange = { name?: string; note?: string; enabled?: boolean; permissions?: Record<string, PermissionState> };

/** In the order of the reference. */
export const permissionNames = [
  'keyboard',
  'clipboard',
  'file',
  'audio',
  'camera',
  'terminal',
  'tunnel',
  'remote_printer',
  'restart',
  'recording',
  'block_input',
  'remote_modify',
  'privacy_mode',
] as const;

export const readRoles = (signal?: AbortSignal) => call<Role[]>('GET', '/api/control-roles', { signal });

export const rolesQuery = queryOptions({
  queryKey: ['control-roles'],
  queryFn: ({ signal }) => readRoles(signal),
});

export const addRole = (role: RoleChange) => call<Role>('POST', '/api/control-roles', { body: role });
export const changeRole = (guid: string, role: RoleChange, version?: string) =>
  call<Role>('PATCH', `/api/control-roles/${guid}`, { body: role, version });
export const deleteRole = (guid: string) => call('DELETE', `/api/control-roles/${guid}`);

/** Gives a role to users by their names. */
export async function assignRole(guid: string, names: readonly string[]): Promise<void> {
  const guids = await Promise.all(
    names.map(async (name) => {
      const found = await call<PageOf<{ guid: string; name: string }>>('GET', `/api/users${query({ name, pageSize: 1 })}`);
      return found.data[0]?.guid;
    }),
  );
  await call('POST', `/api/control-roles/${guid}/users`, { body: { user_guids: guids.filter((g) => g !== undefined) } });
}
