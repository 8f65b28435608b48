import { Button, Menu } from '@mantine/core';
import { useCallbackRef } from '@mantine/hooks';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { RowAction } from '../../ui/RowAction';
import { RowMenu } from '../../ui/RowMenu';
import { complain } from '../../ui/toast';
import { DeleteGroup } from './DeleteGroup';
import { useGroupColumns } from './groupColumns';
import { GroupForm } from './GroupForm';
import styles from './groups.module.css';
import { groupsQuery, moveGroup, type Group, type GroupKind } from './queries';

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
  const isUsers = kind === 'user-groups';
  const mayEdit = can(me, isUsers ? 'user_groups.edit' : 'device_groups.edit');
  const { list, change } = useListSearch(isUsers ? 'name' : 'rank', noFilters);
  const read = useQuery(groupsQuery(kind, list));
  const [edited, setEdited] = useState<Group | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Group | null>(null);
  const title = isUsers ? t('userGroups') : t('deviceGroups');
  const columns = useGroupColumns(kind);
  const rows = read.data?.data;
  // Places are those of the whole list in its order; in another order, or narrowed, there are none.
  const isOrdered = !isUsers && list.sort === 'rank' && list.q === '';
  const isCut = list.page * list.size < (read.data?.total ?? 0);
  const place = useCallbackRef((guid: string, before: string | undefined) => {
    // What comes after the last of a page is on the next one.
    if (before === undefined && isCut) return;
    void moveGroup(guid, before).then(
      () => client.invalidateQueries({ queryKey: [kind] }),
      (problem: unknown) => complain(textOf(problem)),
    );
  });
  const actions = useCallback(
    (g: Group) => {
      const at = rows?.findIndex((row) => row.guid === g.guid) ?? -1;
      const isLast = rows === undefined || at >= rows.length - (isCut ? 2 : 1);
      const move = (before: string | undefined) => place(g.guid, before);
      return (
        <span className="one-line">
          <RowAction label={t('edit')} icon={<IconPencil size={18} aria-hidden />} onPress={() => setEdited(g)} />
          <RowMenu label={t('actionsOf', { name: g.name })}>
            {isOrdered ? (
              <>
                <Menu.Item disabled={at <= 0} onClick={() => move(rows?.[at - 1]?.guid)}>{t('moveUp')}</Menu.Item>
                <Menu.Item disabled={isLast} onClick={() => move(rows?.[at + 2]?.guid)}>{t('moveDown')}</Menu.Item>
              </>
            ) : null}
            <Menu.Item color="red" disabled={g.is_default === true} onClick={() => setDoomed(g)}>
              {g.is_default === true ? t('isDefault') : t('delete')}
            </Menu.Item>
          </RowMenu>
        </span>
      );
    },
    [t, rows, isOrdered, isCut, place],
  );
  return (
    <Page
      title={title}
      suffix={me.server_name}
      lead={isUsers ? t('userLead') : t('deviceLead')}
      actions={
        mayEdit ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('add')}
          </Button>
        ) : null
      }
    >
      <ListView
        page={kind}
        label={title}
        list={list}
        onChange={change}
        read={read}
        ask={(all) => groupsQuery(kind, all)}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        file={csvAddress(`/api/${kind}`, list)}
        actions={mayEdit ? actions : undefined}
        onMove={isOrdered && mayEdit ? place : undefined}
        {...(isOrdered && mayEdit ? { below: <p className={styles.hint}>{t('dragHint')}</p> } : {})}
        {...(mayEdit ? { keys: { e: { text: t('edit'), work: setEdited } } } : {})}
        empty={<Empty title={t('empty')} text={isUsers ? t('userLead') : t('deviceLead')} />}
      />
      {edited === null ? null : (
        <GroupForm kind={kind} group={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
      {doomed === null ? null : <DeleteGroup kind={kind} group={doomed} onClose={() => setDoomed(null)} />}
    </Page>
  );
}
