import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import type { Filter } from '../../ui/DataTable/filters';
import { ListView } from '../../ui/DataTable/ListView';
import { useSelection } from '../../ui/DataTable/useSelection';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
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
const keyOf = (user: User) => user.guid;
const nameOf = (user: User) => user.name;

/** Everybody with an account. */
export function UsersPage() {
  const t = useTranslations('users');
  const l = useTranslations('list');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('name', filterKeys);
  const read = useQuery(usersQuery(list));
  const selection = useSelection(list.question);
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const { run, progress } = useBulk();
  const columns = useUserColumns();
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
  const actions = useCallback((user: User) => <UserActions user={user} onEdit={() => setEdited(user)} />, []);
  const finish = async () => {
    await client.invalidateQueries({ queryKey: ['users'] });
    selection.clear();
  };
  const each = async (isEnabled: boolean) => {
    const result = await run([...selection.keys], (guid) => setUserEnabled(guid, isEnabled));
    await finish();
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(l('doneSome', { done: result.done }));
  };
  const together = async (work: (guids: string[]) => Promise<unknown>) => {
    const guids = [...selection.keys];
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
      <ListView
        page="users"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        filters={filters}
        selection={selection}
        bulk={() => (
          <BulkBar count={selection.keys.size} progress={progress} onClear={selection.clear}>
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
        )}
        actions={actions}
        keys={{ e: { text: t('edit'), work: setEdited } }}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      {edited === null ? null : <UserForm user={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
