import { Badge } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { askedText, OperationTable } from '../../entities/OperationTable';
import { ReachTable } from '../../entities/ReachTable';
import { Card, Facts } from '../../ui/Card';
import { GroupFrame } from './GroupFrame';
import { GroupStrategy } from './GroupStrategy';
import { Members } from './Members';
import styles from './groups.module.css';
import type { Group, GroupKind, Peer } from './queries';

export function UserGroupMembersPage() {
  return <MembersPage kind="user-groups" />;
}

export function DeviceGroupMembersPage() {
  return <MembersPage kind="device-groups" />;
}

export function UserGroupReachPage() {
  return <GroupFrame kind="user-groups" now="reach">{(group) => <UserReach group={group} />}</GroupFrame>;
}

export function DeviceGroupReachPage() {
  return <GroupFrame kind="device-groups" now="reach">{(group) => <DeviceReach group={group} />}</GroupFrame>;
}

export function DeviceGroupStrategyPage() {
  return <GroupFrame kind="device-groups" now="strategy">{(group) => <GroupStrategy group={group} />}</GroupFrame>;
}

export function UserGroupAuditPage() {
  return <AuditPage kind="user-groups" />;
}

export function DeviceGroupAuditPage() {
  return <AuditPage kind="device-groups" />;
}

function MembersPage({ kind }: { kind: GroupKind }) {
  return (
    <GroupFrame kind={kind} now="members">
      {(group) => <Members key={group.guid} kind={kind} group={group} />}
    </GroupFrame>
  );
}

function UserReach({ group }: { group: Group }) {
  const t = useTranslations('groups');
  const me = useMe();
  return (
    <>
      <Card title={t('rules')} actions={<Rules />}>
        <Facts
          items={[
            [t('canReach'), <Peers key="out" peers={group.allowed_outgoings ?? []} />],
            [t('reachedBy'), <Peers key="in" peers={group.allowed_incomings} />],
          ]}
        />
      </Card>
      {can(me, 'access.view') ? (
        <Card title={t('memberReach')} isFlush>
          <p className={styles.text}>{t('memberReachText')}</p>
          <ReachTable label={t('memberReach')} asked={{ user_group: group.name }} />
        </Card>
      ) : null}
    </>
  );
}

function DeviceReach({ group }: { group: Group }) {
  const t = useTranslations('groups');
  return (
    <Card title={t('rules')} actions={<Rules />}>
      <Facts items={[[t('reachedBy'), <Peers key="in" peers={group.allowed_incomings} />]]} />
      <p>{t('deviceReachText')}</p>
    </Card>
  );
}

function Rules() {
  const t = useTranslations('groups');
  return can(useMe(), 'access.view') ? <Link to="/access">{t('toRules')}</Link> : null;
}

function Peers({ peers }: { peers: readonly Peer[] }): ReactNode {
  const t = useTranslations('groups');
  if (peers.length === 0) return t('noRule');
  return (
    <span className={styles.chips}>
      {peers.map((p) => (
        <Badge key={`${String(p.type)} ${p.name}`} variant="outline" color="gray" radius="sm" tt="none">
          {t(`peer.${p.type}`, { name: p.name })}
        </Badge>
      ))}
    </span>
  );
}

function AuditPage({ kind }: { kind: GroupKind }) {
  const t = useTranslations('groups');
  return (
    <GroupFrame kind={kind} now="audit">
      {(group) => (
        <Card
          title={t('tabs.audit')}
          isFlush
          actions={<Link to="/audit/console" search={askedText({ name: group.name })}>{t('fullList')}</Link>}
        >
          <OperationTable label={t('tabs.audit')} asked={{ name: group.name }} />
        </Card>
      )}
    </GroupFrame>
  );
}
