import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { readConnections } from '../../api/sessions';
import { ConnectionTable } from '../../entities/ConnectionTable';
import { OperationTable } from '../../entities/OperationTable';
import { ReachTable } from '../../entities/ReachTable';
import { RecordingTable } from '../../entities/RecordingTable';
import { Card } from '../../ui/Card';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { textOf } from '../../ui/DataTable/manyValues';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { OwnedDevices } from './OwnedDevices';
import { UserFrame } from './UserFrame';
import { UserRoles } from './UserRoles';
import type { User } from './queries';
import { SignInTable } from './SignInTable';

const noFilters: readonly string[] = [];

/** Which devices belong to the person. */
export function UserDevicesPage() {
  const t = useTranslations('users');
  return (
    <UserFrame now="devices">
      {(user) => (
        <Card title={t('devices')} isFlush actions={<Link to="/devices" search={{ user_name: textOf([user.name]) }}>{t('fullList')}</Link>}>
          <OwnedDevices user={user} />
        </Card>
      )}
    </UserFrame>
  );
}

/** The API tokens of the person. */
export function UserTokensPage() {
  return <Flush now="tokens">{(user) => <SignInTable kind="tokens" user={user} />}</Flush>;
}

/** On which devices the person was. */
export function UserSessionsPage() {
  const t = useTranslations('users');
  return (
    <UserFrame now="sessions">
      {(user) => (
        <Card title={t('tabs.sessions')} isFlush actions={<Link to="/audit/connections" search={{ operator: user.name }}>{t('fullList')}</Link>}>
          <Sessions user={user} />
        </Card>
      )}
    </UserFrame>
  );
}

/** What the person recorded. */
export function UserRecordingsPage() {
  const t = useTranslations('users');
  return (
    <UserFrame now="recordings">
      {(user) => (
        <Card title={t('tabs.recordings')} isFlush actions={<Link to="/recordings" search={{ operator: textOf([user.name]) }}>{t('fullList')}</Link>}>
          <RecordingTable label={t('tabs.recordings')} asked={{ user: user.guid }} />
        </Card>
      )}
    </UserFrame>
  );
}

/** What the person reaches, and by what. */
export function UserAccessPage() {
  const t = useTranslations('users');
  return <Flush now="access">{(user) => <ReachTable label={t('tabs.access')} asked={{ user: user.name }} />}</Flush>;
}

/** What the person may do on devices, and in the console. */
export function UserRolesPage() {
  return <UserFrame now="roles">{(user) => <UserRoles user={user} />}</UserFrame>;
}

/** What the person did, and what was done to the account. */
export function UserAuditPage() {
  const t = useTranslations('users');
  return (
    <UserFrame now="audit">
      {(user) => (
        <Card title={t('didTitle')} isFlush actions={<Link to="/audit/console" search={{ operator: user.name }}>{t('fullList')}</Link>}>
          <OperationTable label={t('didTitle')} asked={{ operator: user.name }} />
        </Card>
      )}
    </UserFrame>
  );
}

function Flush({ now, children }: { now: 'tokens' | 'access'; children: (user: User) => ReactNode }) {
  const t = useTranslations('users');
  return (
    <UserFrame now={now}>
      {(user) => (
        <Card title={t(`tabs.${now}`)} isFlush>
          {children(user)}
        </Card>
      )}
    </UserFrame>
  );
}

function Sessions({ user }: { user: User }) {
  const t = useTranslations('users');
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions', 'user', user.name, list.page, list.size],
    queryFn: ({ signal }) => readConnections({ operator: user.name, current: list.page, pageSize: list.size }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? <Empty title={t('noSessions')} /> : <ConnectionTable rows={data?.data} label={t('tabs.sessions')} isMixed />}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </>
  );
}
