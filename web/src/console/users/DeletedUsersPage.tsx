import { useCallback, useMemo, useState } from 'react';
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
  const t = useTranslations('users.bin');
  const u = useTranslations('users');
  const [renamed, setRenamed] = useState<DeletedUser | null>(null);
  const words = useMemo(
    () => ({
      search: t('search'),
      lead: t('lead'),
      emptyText: t('emptyText'),
      restoreMany: (count: number) => t('restoreMany', { count }),
      purgeMany: (count: number) => t('purgeMany', { count }),
      purgeTitle: (count: number) => t('purgeTitle', { count }),
      purgeText: t('purgeText'),
    }),
    [t],
  );
  const onRestore = useCallback((row: DeletedUser) => {
    if (row.name_taken) setRenamed(row);
    return row.name_taken;
  }, []);
  return (
    <>
      <BinPage
        page="users-deleted"
        suffix={u('title')}
        tabs={<UserListTabs now="deleted" />}
        words={words}
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
