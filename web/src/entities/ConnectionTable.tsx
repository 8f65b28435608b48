import { IconCircleCheck, IconCircleDashed, IconHourglass, IconLoader } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../api/lists';
import type { Connection } from '../api/sessions';
import { DataTable, type Column } from '../ui/DataTable/DataTable';
import { groupedId } from '../ui/groupedId';
import { PlainLink } from '../ui/PlainLink';
import { Status } from '../ui/Status';
import { TimeText } from '../ui/TimeText';
import { useBytes } from '../ui/useBytes';
import { useEnding } from './ending';

type Props = {
  rows: readonly Connection[] | undefined;
  label: string;
  /** Of several devices. */
  isMixed?: boolean;
  actions?: (row: Connection) => ReactNode;
};

const noSort = () => undefined;

/** What lists of connections show. */
export function useConnectionColumns({ isOfOneDevice = false, isLive = false }): readonly Column<Connection>[] {
  const t = useTranslations('entities');
  return useMemo(() => {
    const device: Column<Connection> = {
      id: 'device',
      inFile: 'remote',
      header: t('device'),
      isFixed: true,
      card: 'title',
      cell: (c) => (
        <PlainLink className="cut" to={`/devices/${c.device_id}`} text={deviceOf(c)} />
      ),
    };
    const length: Column<Connection> = { id: 'length', header: t('length'), isNumber: true, cell: (c) => <ConnectionLength connection={c} /> };
    const rate: Column<Connection> = { id: 'rate', header: t('rate'), isNumber: true, cell: (c) => <Rate connection={c} /> };
    return [
      { id: 'state', header: t('state'), isFixed: true, card: 'state', cell: (c) => <ConnectionState connection={c} /> },
      ...(isOfOneDevice ? [] : [device]),
      { id: 'operator', inFile: ['local_user', 'name', 'local'], header: t('operator'), card: 'line', cell: (c) => <Operator connection={c} /> },
      { id: 'from', inFile: 'ip', header: t('from'), cell: (c) => <span className="mono">{c.info.ip}</span> },
      { id: 'kind', inFile: 'conn_type', header: t('kind'), card: 'line', cell: (c) => (c.conn_type === undefined ? '' : t(`kinds.${c.conn_type}`)) },
      { id: 'path', inFile: ['path', 'relay'], header: t('way'), card: 'line', cell: (c) => <ConnectionPath connection={c} /> },
      ...(isLive ? [rate] : []),
      { id: 'auth', inFile: 'primary_auth', header: t('auth'), cell: (c) => t(`auths.${c.primary_auth}`) },
      { id: 'factor', inFile: 'two_factor', header: t('factor'), cell: (c) => t(`factors.${c.two_factor}`) },
      { id: 'started', inFile: 'created_at', header: t('started'), card: 'line', cell: (c) => <TimeText iso={isoOf(c.created_at)} /> },
      // What goes on says since when; only what ended has a length.
      ...(isLive ? [] : [length]),
      { id: 'recording', header: t('recording'), cell: (c) => <Watch connection={c} /> },
      { id: 'note', inFile: 'note', header: t('note'), cell: (c) => <span className="cut" title={c.note}>{c.note}</span> },
    ];
  }, [t, isOfOneDevice, isLive]);
}

/** What a connection is called: its device. */
export const deviceOf = (c: Connection) =>
  c.remote.includes(' - ') ? c.remote.slice(c.remote.indexOf(' - ') + 3) : groupedId(c.device_id);

export const keyOfConnection = (c: Connection) => c.guid;

/** Connections of one device or of one person. */
export function ConnectionTable({ rows, label, isMixed = false, actions }: Props) {
  return (
    <DataTable
      label={label}
      columns={useConnectionColumns({ isOfOneDevice: !isMixed })}
      rows={rows}
      keyOf={keyOfConnection}
      nameOf={deviceOf}
      sort=""
      onSort={noSort}
      actions={actions}
    />
  );
}

/** How far a connection is, in a word. */
export function ConnectionState({ connection }: { connection: Connection }) {
  const t = useTranslations('entities');
  const ending = useEnding();
  if (connection.end_time !== null) return <Status tone="neutral" icon={IconCircleDashed} word={t('ended')} />;
  if (ending.has(connection.guid)) return <Status tone="warn" icon={IconHourglass} word={t('ending')} />;
  return connection.conn_type === undefined ? (
    <Status tone="info" icon={IconLoader} word={t('signingIn')} />
  ) : (
    <Status tone="ok" icon={IconCircleCheck} word={t('active')} />
  );
}

/** The way to its recording, also while that grows. */
function Watch({ connection: c }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (c.recording === undefined) return null;
  return <PlainLink className="one-line" to={`/recordings/${encodeURIComponent(c.recording)}?play=1`} text={t('watch')} />;
}

/** Which way it took; not known is said, not guessed. */
export function ConnectionPath({ connection: c }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (c.path !== 'relayed') return <span className="one-line">{t(`ways.${c.path}`)}</span>;
  return c.relay === undefined ? <span className="one-line">{t('ownRelay')}</span> : <span className="cut" title={c.relay}>{t('overRelay', { name: c.relay })}</span>;
}

/** What it moves now, where a relay of this server carries it. */
function Rate({ connection: c }: { connection: Connection }) {
  const t = useTranslations('entities');
  const bytes = useBytes();
  return c.bytes_per_second === undefined ? null : <span className="one-line">{t('perSecond', { size: bytes(c.bytes_per_second) })}</span>;
}

function Operator({ connection }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (connection.local_user !== '') return connection.local_user;
  const name = connection.info.name === '' ? groupedId(connection.local) : connection.info.name;
  return name === '' ? t('notSignedIn') : t('notSignedInAs', { name });
}

/** How long it lasted. */
export function ConnectionLength({ connection }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (connection.end_time === null) return null;
  const seconds = Math.max(0, connection.end_time - connection.created_at);
  const minutes = Math.floor(seconds / 60);
  return <span className="one-line">{minutes < 1 ? t('seconds', { count: seconds }) : t('minutes', { count: minutes })}</span>;
}
