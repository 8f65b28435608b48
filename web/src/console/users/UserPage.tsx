import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { TimeText } from '../../ui/TimeText';
import { UserFrame } from './UserFrame';
import { UserFactor, UserSource } from './UserState';
import type { User } from './queries';

/** One person: who it is, which group and roles. */
export function UserPage() {
  return <UserFrame now="overview">{(user) => <Overview user={user} />}</UserFrame>;
}

function Overview({ user }: { user: User }) {
  const t = useTranslations('users');
  const me = useMe();
  const isLinked = can(me, 'groups.view');
  return (
    <>
      <Card title={t('profile')}>
        <Facts
          items={[
            [t('name'), <span key="name" className="mono">{user.name}</span>],
            [t('displayName'), user.display_name || t('none')],
            [t('email'), user.email || t('none')],
            [t('note'), user.note || t('none')],
            [t('source'), <UserSource key="source" user={user} />],
            [t('madeAt'), <TimeText key="made" iso={isoOf(user.created_at)} />],
          ]}
        />
      </Card>
      <Card title={t('membership')}>
        <Facts
          items={[
            [t('group'), isLinked ? <Link key="group" to="/user-groups" search={{ q: user.group_name }}>{user.group_name}</Link> : user.group_name],
            [t('role'), user.is_admin ? t('administrator') : t('user')],
            [t('controlRole'), user.control_role || t('none')],
            [t('devices'), <Link key="devices" to="/users/$guid/devices" params={{ guid: user.guid }}>{t('deviceCount', { count: user.device_count ?? 0 })}</Link>],
          ]}
        />
      </Card>
      <Card title={t('security')}>
        <Facts
          items={[
            [t('factor'), <UserFactor key="factor" user={user} />],
            [t('lastSignIn'), <TimeText key="last" iso={isoOf(user.last_login)} />],
          ]}
        />
      </Card>
    </>
  );
}
