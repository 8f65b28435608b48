import { IconBan, IconFingerprint, IconHourglass } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import type { Pending } from './pending';

/** The columns of the list of machines that wait. */
export function usePendingColumns(): readonly Column<Pending>[] {
  const t = useTranslations('devices');
  return useMemo(
    () => [
      {
        id: 'state',
        inFile: 'state',
        header: t('columns.state'),
        isFixed: true,
        card: 'state',
        cell: (p) =>
          p.state === 'rejected' ? (
            <Status tone="neutral" icon={IconBan} word={t('pending.rejected')} />
          ) : (
            <Status tone="warn" icon={IconHourglass} word={t('pending.waiting')} />
          ),
      },
      {
        id: 'name',
        inFile: 'device_name',
        header: t('pending.hostname'),
        isFixed: true,
        isMain: true,
        sort: 'device_name',
        card: 'title',
        cell: (p) => <span className="cut" title={p.device_name}>{p.device_name === '' ? groupedId(p.id) : p.device_name}</span>,
      },
      { id: 'id', inFile: 'id', header: t('columns.id'), sort: 'id', card: 'line', cell: (p) => <span className="mono one-line">{groupedId(p.id)}</span> },
      {
        id: 'clash',
        inFile: 'clash',
        header: t('pending.clash'),
        card: 'line',
        cell: (p) =>
          p.clash === '' ? null : (
            <Status
              tone={p.clash === 'key' ? 'warn' : 'bad'}
              icon={IconFingerprint}
              word={t(`pending.clashes.${p.clash}`)}
              title={t(`pending.clashHints.${p.clash}`)}
            />
          ),
      },
      { id: 'address', inFile: 'address', header: t('address'), sort: 'address', card: 'line', cell: (p) => <span className="mono">{p.address}</span> },
      { id: 'first', inFile: 'first_seen', header: t('firstSeen'), sort: 'first_seen', cell: (p) => <TimeText iso={isoOf(p.first_seen)} /> },
      { id: 'seen', inFile: 'last_seen', header: t('columns.seen'), sort: 'last_seen', card: 'line', cell: (p) => <TimeText iso={isoOf(p.last_seen)} /> },
      {
        id: 'key',
        inFile: 'key_fingerprint',
        header: t('fingerprint'),
        isExtra: true,
        cell: (p) => <span className="mono cut" title={p.key_fingerprint}>{p.key_fingerprint.slice(0, 16)}</span>,
      },
    ],
    [t],
  );
}
