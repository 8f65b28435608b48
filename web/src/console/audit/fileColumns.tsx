import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { PlainLink } from '../../ui/PlainLink';
import { TimeText } from '../../ui/TimeText';
import { useBytes } from '../../ui/useBytes';
import { Account } from './connectionColumns';
import type { Transfer } from './queries';

// What clients report as the path of what was printed.
const printing = 'Remote print';

/** The named files' sizes; of many files only the largest are named. */
const sizeOf = (f: Transfer) => f.info.files.reduce((sum, [, size]) => sum + size, 0);

/** What the log of transfers shows of each. */
export function useTransferColumns(): readonly Column<Transfer>[] {
  const t = useTranslations('audit');
  const bytes = useBytes();
  return useMemo(
    () => [
      { id: 'time', inFile: 'created_at', header: t('time'), isFixed: true, card: 'line', cell: (f) => <TimeText iso={isoOf(f.created_at)} isAbsolute /> },
      {
        id: 'device',
        inFile: 'remote',
        header: t('device'),
        isFixed: true,
        card: 'title',
        cell: (f) => <PlainLink className="cut" to={`/devices/${encodeURIComponent(f.device_id)}`} text={titleOf(f)} />,
      },
      { id: 'direction', inFile: 'type', header: t('direction'), card: 'state', cell: (f) => (f.type === 0 ? t('fromDevice') : t('toDevice')) },
      { id: 'path', inFile: ['path', 'is_file'], header: t('path'), card: 'line', cell: (f) => <What transfer={f} /> },
      { id: 'count', inFile: 'num', header: t('count'), isNumber: true, cell: (f) => f.info.num },
      {
        id: 'size',
        header: t('size'),
        isNumber: true,
        cell: (f) => (
          <span className="one-line">
            {f.info.files.length === 0 ? '' : f.info.num > f.info.files.length ? t('atLeast', { size: bytes(sizeOf(f)) }) : bytes(sizeOf(f))}
          </span>
        ),
      },
      {
        id: 'operator',
        inFile: ['local', 'name'],
        header: t('operator'),
        card: 'line',
        cell: (f) => (f.local_user === undefined ? (f.info.name === '' ? groupedId(f.local) : f.info.name) : <Account name={f.local_user} guid={f.user_guid} />),
      },
      { id: 'from', inFile: 'ip', header: t('from'), cell: (f) => <span className="mono">{f.info.ip}</span> },
    ],
    [t, bytes],
  );
}

const titleOf = (f: Transfer) =>
  f.remote.includes(' - ') ? f.remote.slice(f.remote.indexOf(' - ') + 3) : groupedId(f.device_id);

function What({ transfer: f }: { transfer: Transfer }) {
  const t = useTranslations('audit');
  if (f.path === '') return <span className="one-line">{t('clipboard')}</span>;
  return f.path === printing ? <span className="one-line">{t('movedKinds.print')}</span> : <span className="mono cut" title={f.path}>{f.path}</span>;
}
