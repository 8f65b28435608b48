import { ActionIcon, Button, Menu, UnstyledButton } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import type { Column } from '../../ui/DataTable/DataTable';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { GroupForm } from './GroupForm';
import styles from './groups.module.css';
import { deleteGroup, groupsQuery, type Group, type GroupKind } from './queries';

const noFilters: readonly string[] = [];
const keyOf = (group: Group) => group.guid;
const nameOf = (group: Group) => group.name;

export function UserGroupsPage() {
  return <GroupsPage kind="user-groups" />;
}

export function DeviceGroupsPage() {
  return <GroupsPage kind="device-groups" />;
}

/** Groups of users or of devices, and who reaches whom. */
function GroupsPage({ kind }: { kind: GroupKind }) {
  const t = useTranslations('groups');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('name', noFilters);
  const read = useQuery(groupsQuery(kind, list));
  const [edited, setEdited] = useState<Group | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Group | null>(null);
  const isUsers = kind === 'user-groups';
  const title = isUsers ? t('userGroups') : t('deviceGroups');
  const remove = useMutation({
    mutationFn: (guid: string) => deleteGroup(kind, guid),
    onSuccess: () => client.invalidateQueries({ queryKey: [kind] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const columns = useMemo<Column<Group>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        isFixed: true,
        isMain: true,
        card: 'title',
        cell: (g) => (
          <UnstyledButton className={styles.link ?? ''} onClick={() => setEdited(g)}>
            {g.name}
          </UnstyledButton>
        ),
      },
      { id: 'note', header: t('note'), card: 'line', cell: (g) => g.note },
      { id: 'members', header: isUsers ? t('users') : t('devices'), isNumber: true, cell: (g) => g.user_count ?? g.device_count ?? 0 },
      ...(isUsers
        ? [
            {
              id: 'out',
              header: t('canReach'),
              cell: (g: Group) => (g.allowed_outgoings ?? []).map((p) => p.name).join(', '),
            },
          ]
        : []),
      {
        id: 'in',
        header: t('reachedBy'),
        card: 'line',
        cell: (g) => g.allowed_incomings.map((p) => p.name).join(', '),
      },
    ],
    [t, isUsers],
  );
  const actions = useCallback(
    (g: Group) => (
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('actionsOf', { name: g.name })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setEdited(g)}>{t('edit')}</Menu.Item>
          <Menu.Item color="red" disabled={g.is_default === true} onClick={() => setDoomed(g)}>
            {g.is_default === true ? t('isDefault') : t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    ),
    [t],
  );
  return (
    <Page
      title={title}
      suffix={me.server_name}
      lead={isUsers ? t('userLead') : t('deviceLead')}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
          {t('add')}
        </Button>
      }
    >
      <ListView
        page={kind}
        label={title}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        actions={actions}
        keys={{ e: { text: t('edit'), work: setEdited } }}
        empty={<Empty title={t('empty')} text={isUsers ? t('userLead') : t('deviceLead')} />}
      />
      {edited === null ? null : (
        <GroupForm kind={kind} group={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
      <Confirm
        isOpen={doomed !== null}
        title={t('deleteTitle', { name: doomed?.name ?? '' })}
        action={t('delete')}
        isBusy={remove.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => remove.mutate(doomed?.guid ?? '')}
      >
        {isUsers ? t('deleteUsersText') : t('deleteDevicesText')}
      </Confirm>
    </Page>
  );
}
