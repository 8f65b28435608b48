import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { BinPage } from '../../entities/BinPage';
import { deletedUsersQuery, purgeUsers, restoreUsers, type DeletedUser } from './deleted';
import { useDeletedUserColumns } from './deletedColumns';
import { RestoreAs } from './RestoreAs';
import { UserListTabs } from './UserListTabs';

const nameOf = (row: DeletedUser) => row.name;
const restoreAll = (guids: readonly string[]) => restoreUsers(guids);

/** Accounts that were deleted. */
export function DeletedUsersPage() {
  const t = useTranslations('users');
  const [renamed, setRenamed] = useState<DeletedUser | null>(null);
  const onRestore = useCallback((row: DeletedUser) => {
    if (row.name_taken) setRenamed(row);
    return row.name_taken;
  }, []);
  return (
    <>
      <BinPage
        page="users-deleted"
        suffix={t('title')}
        tabs={<UserListTabs now="deleted" />}
        words="users.bin"
        query={deletedUsersQuery}
        columns={useDeletedUserColumns()}
        nameOf={nameOf}
        restore={restoreAll}
        purge={purgeUsers}
        onRestore={onRestore}
      />
      {renamed === null ? null : <RestoreAs user={renamed} onClose={() => setRenamed(null)} />}
    </>
  );
}
