import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Problem } from '../../api/problem';
import { can, useMe } from '../../api/me';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { userQuery, type User } from './queries';
import { UserActions } from './UserActions';
import { UserForm } from './UserForm';
import { UserState } from './UserState';
import { UserTabs, type UserTab } from './UserTabs';

type Props = { now: UserTab; children: (user: User) => ReactNode };

/** What stands around every page about a person: name and state, what can be done, the other pages. */
export function UserFrame({ now, children }: Props) {
  const t = useTranslations('users');
  const me = useMe();
  const { guid = '' }: { guid?: string } = useParams({ strict: false });
  const { data: user, error, refetch } = useQuery(userQuery(guid));
  const [isEditing, setEditing] = useState(false);
  if (error instanceof Problem && error.status === 404) {
    return (
      <Page title={t('unknown')}>
        <Empty title={t('unknownText')} action={<Link to="/users">{t('toList')}</Link>} />
      </Page>
    );
  }
  if (user === undefined) {
    return (
      <Page title={t('user')}>
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={user.display_name || user.name}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={
        <>
          <UserState user={user} /> <span className="mono">{user.name}</span>
        </>
      }
      actions={
        can(me, 'users.edit') ? (
          <>
            <Button onClick={() => setEditing(true)}>{t('edit')}</Button>
            <UserActions user={user} />
          </>
        ) : undefined
      }
    >
      <UserTabs guid={user.guid} now={now} />
      {children(user)}
      {isEditing ? <UserForm user={user} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
