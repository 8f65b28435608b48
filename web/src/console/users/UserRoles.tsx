import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import type { User } from './queries';

/** What the person may do on devices, and in the console. */
export function UserRoles({ user }: { user: User }) {
  const t = useTranslations('users');
  const me = useMe();
  const control = user.control_role || t('none');
  const roles = user.admin_roles ?? [];
  return (
    <Card title={t('tabs.roles')}>
      <p>{t('rolesText')}</p>
      <Facts
        items={[
          [t('controlRole'), can(me, 'control_roles.view') ? <Link key="control" to="/roles/control">{control}</Link> : control],
          [
            t('adminRoles'),
            user.is_admin ? t('everything')
            : roles.length === 0 ? t('none')
            // Only administrators see the pages of these roles.
            : me.is_admin ? <Link key="admin" to="/roles/admin">{roles.join(', ')}</Link>
            : roles.join(', '),
          ],
        ]}
      />
      {user.last_admin === true ? <p>{t('lastAdmin')}</p> : null}
    </Card>
  );
}
