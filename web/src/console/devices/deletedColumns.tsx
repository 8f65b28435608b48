import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { TimeText } from '../../ui/TimeText';
import type { Deleted } from './deleted';

/** The columns of the bin. */
export function useDeletedColumns(): readonly Column<Deleted>[] {
  const t = useTranslations('devices');
  const b = useTranslations('entities.bin');
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('columns.name'),
        isFixed: true,
        isMain: true,
        sort: 'device_name',
        card: 'title',
        cell: (d) => <span className="cut" title={d.device_name}>{d.device_name === '' ? groupedId(d.id) : d.device_name}</span>,
      },
      { id: 'id', header: t('columns.id'), sort: 'id', card: 'line', cell: (d) => <span className="mono one-line">{groupedId(d.id)}</span> },
      { id: 'owner', header: t('columns.owner'), cell: (d) => d.user_name },
      { id: 'at', header: b('at'), sort: 'deleted_at', card: 'line', cell: (d) => <TimeText iso={isoOf(d.deleted_at)} /> },
      { id: 'by', header: b('by'), sort: 'deleted_by', cell: (d) => d.deleted_by },
    ],
    [t, b],
  );
}
