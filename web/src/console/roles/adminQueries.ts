import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type AdminType = 'global' | 'group' | 'individual';
export const adminTypes: readonly AdminType[] = ['global', 'group', 'individual'];

export type AdminRole = {
  guid: string;
  name: string;
  note: string;
  type: AdminType;
  rights: string[];
  user_groups: string[];
  device_groups: string[];
  unassigned: boolean;
  users: string[];
  by_sources: RoleOfSource[];
  user_count: number;
};

/** That somebody holds a role by a group of a provider (oidc/NAME) or of the directory (ldap). */
export type RoleOfSource = { user: string; source: string };

/** A right, the one that it includes, and the types of roles that may have it. */
export type AdminRight = { name: string; includes: string; types: AdminType[]; about: string };

export type AdminDraft = Omit<AdminRole, 'guid' | 'user_count' | 'by_sources'>;

const path = '/api/admin-roles';

export const adminRolesQuery = queryOptions({
  queryKey: ['admin-roles'],
  queryFn: ({ signal }) => call<AdminRole[]>('GET', path, { signal }),
});

export const adminRightsQuery = queryOptions({
  queryKey: ['admin-roles', 'rights'],
  queryFn: ({ signal }) => call<AdminRight[]>('GET', `${path}/rights`, { signal }),
  staleTime: Infinity,
});

export const addAdminRole = (role: AdminDraft) => call<AdminRole>('POST', path, { body: role });
export const changeAdminRole = (guid: string, change: Partial<AdminDraft>) =>
  call<AdminRole>('PATCH', `${path}/${guid}`, { body: change });
export const deleteAdminRole = (guid: string) => call('DELETE', `${path}/${guid}`);

/** How much is on the pages of a holder; missing: the page is not there. */
export type RoleCounts = {
  devices: number;
  users?: number;
  user_groups?: number;
  device_groups?: number;
  sessions?: number;
  alarms?: number;
  recordings: number;
};

/** What a holder of a role would see that need not be stored. */
export const previewOf = ({ type, rights, user_groups, device_groups, unassigned }: AdminDraft, as: string, signal?: AbortSignal) =>
  call<{ rights: string[]; counts: RoleCounts }>('POST', `${path}/preview`, {
    body: { type, rights, unassigned, ...(type === 'group' ? { user_groups, device_groups } : {}), ...(as === '' ? {} : { as }) },
    signal,
  });

export const emptyDraft: AdminDraft = {
  name: '', note: '', type: 'group', rights: [], user_groups: [], device_groups: [], unassigned: false, users: [],
};

export const draftOf = ({ name, note, type, rights, user_groups, device_groups, unassigned, users }: AdminRole): AdminDraft =>
  ({ name, note, type, rights, user_groups, device_groups, unassigned, users });

/** The members that differ. */
export function changedMembers(stored: AdminDraft, draft: AdminDraft): Partial<AdminDraft> {
  const keys = Object.keys(draft) as (keyof AdminDraft)[];
  return Object.fromEntries(
    keys.filter((key) => JSON.stringify(stored[key]) !== JSON.stringify(draft[key])).map((key) => [key, draft[key]]),
  );
}

/** A right switched on brings what it includes; one switched off takes those along that include it. */
export function withRight(rights: readonly string[], all: readonly AdminRight[], name: string, isOn: boolean): string[] {
  const chosen = new Set(rights);
  if (isOn) {
    chosen.add(name);
    const includes = all.find((r) => r.name === name)?.includes;
    if (includes !== undefined && includes !== '') chosen.add(includes);
  } else {
    chosen.delete(name);
    for (const right of all) if (right.includes === name) chosen.delete(right.name);
  }
  return all.map((r) => r.name).filter((n) => chosen.has(n));
}

/** Several at once, with what goes with each. */
export const withRights = (rights: readonly string[], all: readonly AdminRight[], names: readonly string[], isOn: boolean) =>
  names.reduce<readonly string[]>((now, name) => withRight(now, all, name, isOn), rights).slice();

/** The rights that a type may have. */
export const rightsFor = (rights: readonly string[], all: readonly AdminRight[], type: AdminType) =>
  rights.filter((name) => all.find((r) => r.name === name)?.types.includes(type) === true);
