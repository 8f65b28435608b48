import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { PlainLink } from '../../ui/PlainLink';
import { TimeText } from '../../ui/TimeText';
import type { User } from './queries';
import { UserFactor, UserSource, UserState } from './UserState';

const cut = (text: string) => (
  <span className="cut" title={text}>
    {text}
  </span>
);

/** The columns of the list of users. */
export function useUserColumns(): readonly Column<User>[] {
  const t = useTranslations('users');
  return useMemo(
    () => [
      { id: 'state', inFile: ['status', 'state'], header: t('state'), isFixed: true, sort: 'status', card: 'state', cell: (u) => <UserState user={u} /> },
      {
        id: 'name',
        header: t('name'),
        isFixed: true,
        isMain: true,
        sort: 'name',
        card: 'title',
        cell: (u) => (
          <PlainLink className="cut" to={`/users/${u.guid}`} text={u.name} title={u.name} />
        ),
      },
      { id: 'display', inFile: 'display_name', header: t('displayName'), sort: 'display_name', cell: (u) => cut(u.display_name) },
      { id: 'email', inFile: 'email', header: t('email'), sort: 'email', card: 'line', cell: (u) => cut(u.email) },
      { id: 'group', inFile: 'group_name', header: t('group'), sort: 'group_name', card: 'line', cell: (u) => cut(u.group_name) },
      {
        id: 'role',
        inFile: ['is_admin', 'admin_roles'],
        header: t('role'),
        cell: (u) => (u.is_admin ? t('administrator') : cut(u.admin_roles?.join(', ') || t('user'))),
      },
      { id: 'control', inFile: 'control_role', header: t('controlRole'), sort: 'control_role', isExtra: true, cell: (u) => u.control_role || t('none') },
      { id: 'source', inFile: 'third_auth_type', header: t('source'), sort: 'third_auth_type', isExtra: true, cell: (u) => <UserSource user={u} /> },
      { id: 'factor', inFile: 'tfa', header: t('factor'), cell: (u) => <UserFactor user={u} /> },
      { id: 'last', inFile: 'last_login', header: t('lastSignIn'), sort: 'last_login', cell: (u) => <TimeText iso={isoOf(u.last_login)} /> },
      { id: 'devices', inFile: 'device_count', header: t('devices'), sort: 'device_count', isNumber: true, cell: (u) => u.device_count ?? 0 },
    ],
    [t],
  );
}
