import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { controlRolesQuery } from '../../entities/ControlRolePicker';
import type { Filter } from '../../ui/DataTable/filters';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useFacets } from '../../ui/DataTable/useFacets';
import { adminRoleNamesQuery, facetsQuery, type Facets } from './queries';

export const filterKeys = [
  'state', 'is_admin', 'admin_role', 'group_name', 'control_role', 'tfa', 'third_auth_type', 'last_login', 'has_devices', 'name', 'display_name', 'email', 'note',
] as const;

/** Of those, what may have several values. */
export const manyKeys = ['state', 'admin_role', 'group_name', 'control_role', 'tfa', 'third_auth_type', 'name', 'display_name', 'email', 'note'] as const;

// Of those, what is counted, and where: beside what is chosen, too.
const countedKeys = ['state', 'tfa', 'group_name', 'third_auth_type', 'control_role', 'admin_role'] as const;
const keyOf: Record<Counted, (typeof countedKeys)[number]> = {
  states: 'state', factors: 'tfa', user_groups: 'group_name', sources: 'third_auth_type', control_roles: 'control_role', admin_roles: 'admin_role',
};

/** More groups than this nobody chooses from; the others are found by a text. */
const mostOptions = 12;

type Counted = Exclude<keyof Facets, 'total' | 'administrators' | 'owners'>;

/** What users can be narrowed by. */
export function useUserFilters(list: ListSearch): readonly Filter[] {
  const t = useTranslations('users');
  const me = useMe();
  const { data: adminRoles } = useQuery({ ...adminRoleNamesQuery, enabled: me.is_admin });
  const { data: controlRoles } = useQuery({ ...controlRolesQuery, enabled: can(me, 'control_roles.view') });
  const { data: start } = useQuery(startQuery);
  const { facets, besides } = useFacets(list, countedKeys, facetsQuery);
  return useMemo(() => {
    // What nobody has is no number to choose by, as long as it is not known at all.
    const countIn = (kind: Counted, value: string) => {
      const found = besides[keyOf[kind]];
      return found === undefined ? undefined : (found[kind].find((facet) => facet.value === value)?.count ?? 0);
    };
    const option = (kind: Counted, value: string, label: string) => ({ value, label, count: countIn(kind, value) });
    const named = (kind: Counted, names: readonly string[] | undefined) => (names ?? []).map((name) => option(kind, name, name));
    const rest = (count: number | undefined) => (facets === undefined || count === undefined ? undefined : facets.total - count);
    return [
      { key: 'state', label: t('state'), options: [
        option('states', 'active', t('active')),
        option('states', 'invited', t('invited')),
        option('states', 'locked', t('locked')),
        option('states', 'waiting', t('waiting')),
        option('states', 'disabled', t('disabled')),
      ] },
      { key: 'is_admin', label: t('role'), options: [{ value: '1', label: t('administrator'), count: facets?.administrators }] },
      { key: 'admin_role', label: t('adminRole'), options: [{ value: '-', label: t('neither') }, ...named('admin_roles', adminRoles)] },
      { key: 'group_name', label: t('group'), options: named('user_groups', besides.group_name?.user_groups.slice(0, mostOptions).map(({ value }) => value)), isText: true },
      { key: 'control_role', label: t('controlRole'), options: [{ value: '-', label: t('none'), count: countIn('control_roles', '') }, ...named('control_roles', controlRoles?.filter((role) => role.kind === 'custom').map((role) => role.name))] },
      { key: 'tfa', label: t('factor'), options: [
        option('factors', 'none', t('factorNone')),
        option('factors', 'enabled', t('factorOn')),
        option('factors', 'expired', t('factorOld')),
        option('factors', 'enforced', t('factorMissing')),
      ] },
      { key: 'third_auth_type', label: t('source'), options: [
        { value: '-', label: t('local'), count: countIn('sources', '') },
        option('sources', 'ldap', t('directory')),
        ...(start?.providers ?? []).map(({ name }) => option('sources', `oidc/${name}`, name)),
      ], isText: true },
      { key: 'last_login', label: t('lastSignIn'), options: [
        ...[30, 90].map((days) => ({ value: `>${days}d`, label: t('longerAgo', { days }) })),
        ...[1, 7].map((days) => ({ value: `<${days}d`, label: t('within', { days }) })),
        { value: '-', label: t('neverSignedIn') },
      ] },
      { key: 'has_devices', label: t('devices'), options: [
        { value: '1', label: t('someDevices'), count: facets?.owners },
        { value: '0', label: t('noneOwned'), count: rest(facets?.owners) },
      ] },
      { key: 'name', label: t('name'), options: [], isText: true },
      { key: 'display_name', label: t('displayName'), options: [], isText: true },
      { key: 'email', label: t('email'), options: [], isText: true },
      { key: 'note', label: t('note'), options: [], isText: true },
    ];
  }, [t, adminRoles, controlRoles, start, facets, besides]);
}
