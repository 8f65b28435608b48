import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Problem } from '../../api/problem';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { PageTabs } from '../../ui/PageTabs';
import { RowMenu } from '../../ui/RowMenu';
import { DeleteGroup } from './DeleteGroup';
import { GroupForm } from './GroupForm';
import { groupQuery, type Group, type GroupKind } from './queries';

export type GroupTab = 'members' | 'reach' | 'strategy' | 'audit';

type Props = { kind: GroupKind; now: GroupTab; children: (group: Group) => ReactNode };

/** What stands around every page about a group. */
export function GroupFrame({ kind, now, children }: Props) {
  const t = useTranslations('groups');
  const me = useMe();
  const navigate = useNavigate();
  const { guid = '' }: { guid?: string } = useParams({ strict: false });
  const { data: group, error, refetch } = useQuery(groupQuery(kind, guid));
  const [isEditing, setEditing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const isUsers = kind === 'user-groups';
  const list = isUsers ? t('userGroups') : t('deviceGroups');
  if (error instanceof Problem && error.status === 404) {
    return (
      <Page title={list}>
        <Empty title={t('unknown')} text={t('unknownText')} action={<Link to={`/${kind}`}>{list}</Link>} />
      </Page>
    );
  }
  if (group === undefined) {
    return <Page title={list}>{error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}</Page>;
  }
  const mayEdit = can(me, isUsers ? 'user_groups.edit' : 'device_groups.edit');
  return (
    <Page
      title={group.name}
      suffix={`${list} · ${me.server_name}`}
      lead={group.note === '' ? (isUsers ? t('userKind') : t('deviceKind')) : group.note}
      actions={
        mayEdit ? (
          <>
            <Button onClick={() => setEditing(true)}>{t('edit')}</Button>
            <RowMenu label={t('actionsOf', { name: group.name })}>
              <Menu.Item color="red" disabled={group.is_default === true} onClick={() => setDeleting(true)}>
                {group.is_default === true ? t('isDefault') : t('delete')}
              </Menu.Item>
            </RowMenu>
          </>
        ) : undefined
      }
    >
      <Tabs kind={kind} guid={guid} now={now} />
      {children(group)}
      {isEditing ? <GroupForm kind={kind} group={group} onClose={() => setEditing(false)} /> : null}
      {isDeleting ? (
        <DeleteGroup kind={kind} group={group} onClose={() => setDeleting(false)} onDeleted={() => void navigate({ to: `/${kind}` })} />
      ) : null}
    </Page>
  );
}

function Tabs({ kind, guid, now }: { kind: GroupKind; guid: string; now: GroupTab }) {
  const t = useTranslations('groups');
  const me = useMe();
  const all: readonly [GroupTab, boolean][] = [
    ['members', true],
    ['reach', true],
    // Strategies are given to devices, users and device groups.
    ['strategy', kind === 'device-groups'],
    ['audit', can(me, 'audit.view')],
  ];
  const base = `/${kind}/${guid}`;
  const tabs = all
    .filter(([, isShown]) => isShown)
    .map(([key]) => ({ key, name: t(`tabs.${key}`), to: key === 'members' ? base : `${base}/${key}` }));
  return <PageTabs label={t('tabs.label')} now={now} tabs={tabs} />;
}
