import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { TimeText } from '../../ui/TimeText';
import type { DeletedUser } from './deleted';

/** The columns of the bin of users. */
export function useDeletedUserColumns(): readonly Column<DeletedUser>[] {
  const t = useTranslations('users');
  const b = useTranslations('entities.bin');
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('name'),
        isFixed: true,
        isMain: true,
        sort: 'name',
        card: 'title',
        cell: (u) => <span className="cut" title={u.display_name}>{u.name_taken ? t('bin.taken', { name: u.name }) : u.name}</span>,
      },
      { id: 'displayName', header: t('displayName'), card: 'line', cell: (u) => <span className="cut">{u.display_name}</span> },
      { id: 'email', header: t('email'), isExtra: true, cell: (u) => <span className="cut">{u.email}</span> },
      { id: 'group', header: t('group'), sort: 'group_name', cell: (u) => <span className="cut">{u.group_name}</span> },
      { id: 'role', header: t('role'), cell: (u) => (u.is_admin ? t('administrator') : t('user')) },
      { id: 'devices', header: t('devices'), isNumber: true, cell: (u) => u.device_count },
      { id: 'books', header: t('bin.books'), isNumber: true, cell: (u) => u.book_count },
      { id: 'at', header: b('at'), sort: 'deleted_at', card: 'line', cell: (u) => <TimeText iso={isoOf(u.deleted_at)} /> },
      { id: 'by', header: b('by'), sort: 'deleted_by', cell: (u) => u.deleted_by },
    ],
    [t, b],
  );
}
