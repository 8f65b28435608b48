import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconLoader } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../api/lists';
import type { Connection } from '../api/sessions';
import { DataTable, type Column } from '../ui/DataTable/DataTable';
import { groupedId } from '../ui/groupedId';
import { Status } from '../ui/Status';
import { TimeText } from '../ui/TimeText';

type Props = {
  rows: readonly Connection[] | undefined;
  label: string;
  isOfOneDevice?: boolean;
  isAbsolute?: boolean;
  onDisconnect?: (connection: Connection) => void;
  busy?: string | undefined;
};

const noSort = () => undefined;

/** Connections, newest first: who, where from, what kind, how long. */
export function ConnectionTable({ rows, label, isOfOneDevice = false, isAbsolute = false, onDisconnect, busy }: Props) {
  const t = useTranslations('entities');
  const columns = useMemo<Column<Connection>[]>(() => {
    const device: Column<Connection> = {
      id: 'device',
      header: t('device'),
      card: 'title',
      cell: (c) => (
        <Link to="/devices/$id" params={{ id: c.device_id }}>
          {c.remote.includes(' - ') ? c.remote.slice(c.remote.indexOf(' - ') + 3) : groupedId(c.device_id)}
        </Link>
      ),
    };
    return [
      { id: 'state', header: t('state'), card: 'state', cell: (c) => <ConnectionState connection={c} /> },
      ...(isOfOneDevice ? [] : [device]),
      { id: 'operator', header: t('operator'), card: 'line', cell: (c) => <Operator connection={c} /> },
      { id: 'from', header: t('from'), cell: (c) => <span className="mono">{c.info.ip}</span> },
      { id: 'kind', header: t('kind'), card: 'line', cell: (c) => (c.conn_type === undefined ? '' : t(`kinds.${c.conn_type}`)) },
      { id: 'auth', header: t('auth'), cell: (c) => t(`auths.${c.primary_auth}`) },
      { id: 'started', header: t('started'), card: 'line', cell: (c) => <TimeText iso={isoOf(c.created_at)} isAbsolute={isAbsolute} /> },
      { id: 'length', header: t('length'), isNumber: true, cell: (c) => <Length connection={c} /> },
      { id: 'note', header: t('note'), cell: (c) => c.note },
    ];
  }, [t, isOfOneDevice, isAbsolute]);
  const actions = (c: Connection): ReactNode =>
    c.end_time === null ? (
      <Button size="xs" variant="default" color="red" loading={busy === c.guid} onClick={() => onDisconnect?.(c)}>
        {t('disconnect')}
      </Button>
    ) : null;
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      keyOf={(c) => c.guid}
      nameOf={(c) => c.remote}
      sort=""
      onSort={noSort}
      {...(onDisconnect === undefined ? {} : { actions })}
    />
  );
}

function ConnectionState({ connection }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (connection.end_time !== null) return <Status tone="neutral" icon={IconCircleDashed} word={t('ended')} />;
  return connection.conn_type === undefined ? (
    <Status tone="info" icon={IconLoader} word={t('signingIn')} />
  ) : (
    <Status tone="ok" icon={IconCircleCheck} word={t('active')} />
  );
}

function Operator({ connection }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (connection.local_user !== '') return connection.local_user;
  const name = connection.info.name === '' ? groupedId(connection.local) : connection.info.name;
  return name === '' ? t('notSignedIn') : t('notSignedInAs', { name });
}

function Length({ connection }: { connection: Connection }) {
  const t = useTranslations('entities');
  if (connection.end_time === null) return null;
  const seconds = Math.max(0, connection.end_time - connection.created_at);
  const minutes = Math.floor(seconds / 60);
  return minutes < 1 ? t('seconds', { count: seconds }) : t('minutes', { count: minutes });
}
