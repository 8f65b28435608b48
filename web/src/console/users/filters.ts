import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { controlRolesQuery } from '../../entities/ControlRolePicker';
import type { Filter } from '../../ui/DataTable/filters';
import { adminRoleNamesQuery } from './queries';

export const filterKeys = [
  'state', 'is_admin', 'admin_role', 'group_name', 'control_role', 'tfa', 'third_auth_type', 'last_login', 'has_devices', 'email', 'note',
] as const;

/** What users can be narrowed by. */
export function useUserFilters(): readonly Filter[] {
  const t = useTranslations('users');
  const me = useMe();
  const { data: adminRoles } = useQuery({ ...adminRoleNamesQuery, enabled: me.is_admin });
  const { data: controlRoles } = useQuery({ ...controlRolesQuery, enabled: can(me, 'control_roles.view') });
  const { data: start } = useQuery(startQuery);
  return useMemo(() => {
    const named = (names: readonly string[] | undefined) => (names ?? []).map((name) => ({ value: name, label: name }));
    return [
      { key: 'state', label: t('state'), options: [
        { value: 'active', label: t('active') },
        { value: 'invited', label: t('invited') },
        { value: 'locked', label: t('locked') },
        { value: 'disabled', label: t('disabled') },
      ] },
      { key: 'is_admin', label: t('role'), options: [{ value: '1', label: t('administrator') }] },
      { key: 'admin_role', label: t('adminRole'), options: [{ value: '-', label: t('neither') }, ...named(adminRoles)] },
      { key: 'group_name', label: t('group'), options: [], isText: true },
      { key: 'control_role', label: t('controlRole'), options: [{ value: '-', label: t('none') }, ...named(controlRoles?.filter((role) => role.kind === 'custom').map((role) => role.name))] },
      { key: 'tfa', label: t('factor'), options: [
        { value: 'none', label: t('factorNone') },
        { value: 'enabled', label: t('factorOn') },
        { value: 'expired', label: t('factorOld') },
        { value: 'enforced', label: t('factorMissing') },
      ] },
      { key: 'third_auth_type', label: t('source'), options: [
        { value: '-', label: t('local') },
        { value: 'ldap', label: t('directory') },
        ...(start?.providers ?? []).map(({ name }) => ({ value: `oidc/${name}`, label: name })),
      ], isText: true },
      { key: 'last_login', label: t('lastSignIn'), options: [
        ...[30, 90].map((days) => ({ value: `>${days}d`, label: t('longerAgo', { days }) })),
        ...[1, 7].map((days) => ({ value: `<${days}d`, label: t('within', { days }) })),
        { value: '-', label: t('neverSignedIn') },
      ] },
      { key: 'has_devices', label: t('devices'), options: [
        { value: '1', label: t('someDevices') },
        { value: '0', label: t('noneOwned') },
      ] },
      { key: 'email', label: t('email'), options: [], isText: true },
      { key: 'note', label: t('note'), options: [], isText: true },
    ];
  }, [t, adminRoles, controlRoles, start]);
}
