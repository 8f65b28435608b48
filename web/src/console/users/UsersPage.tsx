import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress, readOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { NewUserForm } from './NewUserForm';
import { useUserColumns } from './columns';
import { filterKeys, manyKeys, useUserFilters } from './filters';
import { usersQuery, type User } from './queries';
import { UserActions } from './UserActions';
import { UserBulk } from './UserBulk';
import { UserForm } from './UserForm';
import { UserListTabs } from './UserListTabs';

const keyOf = (user: User) => user.guid;
const nameOf = (user: User) => user.name;

/** Everybody with an account. */
export function UsersPage() {
  const t = useTranslations('users');
  const me = useMe();
  const { list, change } = useListSearch('name', filterKeys, manyKeys);
  const read = useQuery(usersQuery(list));
  const selection = useSelection(list.question);
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const columns = useUserColumns();
  const filters = useUserFilters(list);
  const mayEdit = can(me, 'users.edit');
  const actions = useCallback((user: User) => <UserActions user={user} onEdit={() => setEdited(user)} />, []);

  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={
        can(me, 'users.create') || can(me, 'users.invite') ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('add')}
          </Button>
        ) : null
      }
    >
      <UserListTabs now="users" />
      <ListView
        page="users"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={usersQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        filters={filters}
        file={csvAddress('/api/users', list)}
        selection={mayEdit ? selection : undefined}
        bulk={(rows) => (
          <UserBulk list={list} selection={selection} rows={rows} read={readOf(read.data)} />
        )}
        actions={mayEdit ? actions : undefined}
        keys={mayEdit ? { e: { text: t('edit'), work: setEdited } } : {}}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      {edited === null ? null
      : edited === 'new' ? <NewUserForm onClose={() => setEdited(null)} />
      : <UserForm user={edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
