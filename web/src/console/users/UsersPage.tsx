import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import { DataTable } from '../../ui/DataTable/DataTable';
import { ListBar, type Filter } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportLink } from '../../ui/ExportLink';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { useBulk } from '../../ui/useBulk';
import { useUserColumns } from './columns';
import { enforceFactor, setUserEnabled, signOutUsers, usersQuery, type User } from './queries';
import { UserActions } from './UserActions';
import { UserForm } from './UserForm';

const filterKeys = ['status', 'is_admin'] as const;

/** Everybody with an account. */
export function UsersPage() {
  const t = useTranslations('users');
  const l = useTranslations('list');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('name', filterKeys);
  const { data, error, refetch } = useQuery(usersQuery(list));
  const [selected, setSelected] = useState<Set<string>>(() => new Set());
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const { run, progress } = useBulk();
  const columns = useUserColumns(setEdited);
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: 'status',
        label: t('state'),
        options: [
          { value: '1', label: t('active') },
          { value: '0', label: t('disabled') },
          { value: '-1', label: t('invited') },
        ],
      },
      { key: 'is_admin', label: t('role'), options: [{ value: '1', label: t('administrator') }] },
    ],
    [t],
  );
  const finish = async () => {
    await client.invalidateQueries({ queryKey: ['users'] });
    setSelected(new Set());
  };
  const each = async (isEnabled: boolean) => {
    const result = await run([...selected], (guid) => setUserEnabled(guid, isEnabled));
    await finish();
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(l('doneSome', { done: result.done }));
  };
  const together = async (work: (guids: string[]) => Promise<unknown>) => {
    const guids = [...selected];
    try {
      await work(guids);
      say(l('doneSome', { done: guids.length }));
    } catch (problem) {
      complain(textOf(problem));
    }
    await finish();
  };

  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={
        <>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('add')}
          </Button>
          <ExportLink href={csvAddress('/api/users', list)} />
        </>
      }
    >
      {selected.size > 0 ? (
        <BulkBar count={selected.size} progress={progress} onClear={() => setSelected(new Set())}>
          <Button variant="default" onClick={() => void each(true)}>
            {t('enable')}
          </Button>
          <Button variant="default" onClick={() => void each(false)}>
            {t('disable')}
          </Button>
          <Button variant="default" onClick={() => void together(signOutUsers)}>
            {t('signOut')}
          </Button>
          <Button variant="default" onClick={() => void together((guids) => enforceFactor(guids, true))}>
            {t('enforce')}
          </Button>
        </BulkBar>
      ) : (
        <ListBar list={list} placeholder={t('search')} filters={filters} onChange={change} />
      )}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={l('nothing')} text={l('nothingText')} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data?.data}
          keyOf={(user) => user.guid}
          nameOf={(user) => user.name}
          sort={list.sort}
          onSort={(sort) => change({ sort })}
          selected={selected}
          onSelect={setSelected}
          actions={(user) => <UserActions user={user} onEdit={() => setEdited(user)} />}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
      {edited === null ? null : <UserForm user={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
