import { Alert, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { PlainLink } from '../../ui/PlainLink';
import { SaveBar } from '../../ui/SaveBar';
import { useProblemText } from '../../ui/problemText';
import { say } from '../../ui/toast';
import styles from './groups.module.css';
import { changeMembers, membersQuery, type Group, type GroupKind, type Member } from './queries';

const filterKeys = ['member'] as const;
const noSort = () => undefined;
const keyOf = (row: Member) => row.guid;
const nameOf = (row: Member) => (row.name === '' ? row.key : row.name);

/** Who is in a group: ticks hold across pages and searches, and are saved once. */
export function Members({ kind, group }: { kind: GroupKind; group: Group }) {
  const t = useTranslations('groups');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', filterKeys);
  const [wishes, setWishes] = useState<ReadonlyMap<string, boolean>>(new Map());
  const shown = list.filters.member ?? '1';
  const { data, error, refetch } = useQuery({ ...membersQuery(kind, group.guid, shown, list), placeholderData: keepPreviousData });
  const ask = useDebouncedCallback((q: string) => change({ q }, true), 300);
  const isUsers = kind === 'user-groups';
  const mayEdit = can(me, isUsers ? 'users.group' : 'devices.group');
  const save = useMutation({
    mutationFn: () => changeMembers(kind, group.guid, wishes),
    onSuccess: async () => {
      setWishes(new Map());
      await client.invalidateQueries();
      say(t('membersSaved', { name: group.name }));
    },
  });
  const columns = useMemberColumns({ isUsers, mayEdit, isDefault: group.is_default === true, wishes, setWishes });
  return (
    <Card title={t('tabs.members')} isFlush>
      <div className={styles.bar}>
        <TextInput
          key={list.q === '' ? 'none' : 'some'}
          type="search"
          aria-label={t('searchMembers')}
          placeholder={t('searchMembers')}
          defaultValue={list.q}
          onChange={(e) => ask(e.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={t('show')}
          value={shown}
          onChange={(member) => change({ member: member === '1' ? undefined : member })}
          data={[
            { value: '1', label: t('shownMembers') },
            { value: 'all', label: t('shownAll') },
          ]}
        />
      </div>
      {isUsers ? null : <p className={styles.text}>{t('firstGroup')}</p>}
      {save.error === null ? null : <Alert color="red" variant="light" role="alert">{textOf(save.error)}</Alert>}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={list.q === '' ? t('noMembers') : t('noneFound')} text={mayEdit ? t('noMembersText') : ''} />
      ) : (
        <DataTable label={t('tabs.members')} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={nameOf} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
      <SaveBar
        count={wishes.size}
        action={t('saveMembers')}
        isBusy={save.isPending}
        hint={t('membersChange', {
          added: [...wishes.values()].filter((isIn) => isIn).length,
          removed: [...wishes.values()].filter((isIn) => !isIn).length,
        })}
        onDiscard={() => setWishes(new Map())}
        onSave={() => save.mutate()}
      />
    </Card>
  );
}

type Wishes = {
  isUsers: boolean;
  mayEdit: boolean;
  isDefault: boolean;
  wishes: ReadonlyMap<string, boolean>;
  setWishes: (wishes: ReadonlyMap<string, boolean>) => void;
};

function useMemberColumns({ isUsers, mayEdit, isDefault, wishes, setWishes }: Wishes): readonly Column<Member>[] {
  const t = useTranslations('groups');
  return useMemo(() => {
    const isIn = (row: Member) => wishes.get(row.guid) ?? row.is_member;
    const tick = (row: Member, now: boolean) => {
      const next = new Map(wishes);
      // Back to how it is stored is no change.
      if (now === row.is_member) next.delete(row.guid);
      else next.set(row.guid, now);
      setWishes(next);
    };
    // Everybody is in one group: who leaves the default one goes to another, from there.
    const isKept = (row: Member) => isUsers && isDefault && row.is_member;
    return [
      {
        id: 'member',
        header: t('isMember'),
        card: 'state',
        cell: (row) => (
          <Checkbox
            aria-label={t('memberOf', { name: nameOf(row) })}
            checked={isIn(row)}
            disabled={!mayEdit || isKept(row)}
            title={isKept(row) ? t('keptText') : undefined}
            onChange={(e) => tick(row, e.currentTarget.checked)}
          />
        ),
      },
      {
        id: 'name',
        header: t('name'),
        isMain: true,
        card: 'title',
        cell: (row) => <PlainLink className="cut" to={isUsers ? `/users/${row.guid}` : `/devices/${row.key}`} title={nameOf(row)} text={nameOf(row)} />,
      },
      { id: 'key', header: isUsers ? t('account') : t('id'), card: 'line', cell: (row) => <span className="mono one-line">{isUsers ? row.key : groupedId(row.key)}</span> },
      { id: 'more', header: isUsers ? t('presentGroup') : t('owner'), card: 'line', cell: (row) => <span className="cut" title={row.more}>{row.more}</span> },
    ];
  }, [t, isUsers, mayEdit, isDefault, wishes, setWishes]);
}
