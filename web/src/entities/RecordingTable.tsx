import { IconAlertTriangle, IconCircleCheck, IconLoader, IconPlayerRecord } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import type { PageOf } from '../api/lists';
import { DataTable, type Column } from '../ui/DataTable/DataTable';
import { useListSearch } from '../ui/DataTable/listSearch';
import { Pager } from '../ui/DataTable/Pager';
import { Empty } from '../ui/Empty';
import { ErrorPanel } from '../ui/ErrorPanel';
import { PlainLink } from '../ui/PlainLink';
import { Status } from '../ui/Status';
import { TimeText } from '../ui/TimeText';

type Row = {
  recordId: string;
  status: 'recording' | 'processing' | 'ready' | 'error';
  title: string;
  device: string;
  peer: string;
  user?: string;
  durationMs?: number;
  startedAt?: string;
  createdAt: string;
};

type Props = { label: string; asked: { device?: string; user?: string } };

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (row: Row) => row.recordId;
const nameOf = (row: Row) => row.title || row.recordId;

/** What was recorded of one device or by one person. */
export function RecordingTable({ label, asked }: Props) {
  const t = useTranslations('entities');
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['recordings', 'of', asked, list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Row>>('GET', `/api/recordings${query({ ...asked, current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { id: 'state', header: t('state'), isFixed: true, card: 'state', cell: (r) => <State row={r} /> },
      {
        id: 'name',
        header: t('recording'),
        isFixed: true,
        isMain: true,
        card: 'title',
        cell: (r) => <PlainLink className="cut" to={`/recordings/${encodeURIComponent(r.recordId)}`} text={nameOf(r)} title={nameOf(r)} />,
      },
      { id: 'device', header: t('device'), card: 'line', cell: (r) => <span className="cut">{r.device}</span> },
      { id: 'operator', header: t('operator'), cell: (r) => <span className="cut">{r.user ?? r.peer}</span> },
      { id: 'started', header: t('started'), card: 'line', cell: (r) => <TimeText iso={r.startedAt ?? r.createdAt} /> },
      {
        id: 'length',
        header: t('length'),
        isNumber: true,
        cell: (r) => (r.durationMs === undefined ? null : t('seconds', { count: Math.round(r.durationMs / 1000) })),
      },
    ],
    [t],
  );
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('noRecordings')} />
      ) : (
        <DataTable label={label} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={nameOf} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </>
  );
}

function State({ row }: { row: Row }) {
  const t = useTranslations('entities.recordingStates');
  if (row.status === 'ready') return <Status tone="ok" icon={IconCircleCheck} word={t('ready')} />;
  if (row.status === 'error') return <Status tone="bad" icon={IconAlertTriangle} word={t('error')} />;
  return row.status === 'recording'
    ? <Status tone="info" icon={IconPlayerRecord} word={t('recording')} />
    : <Status tone="info" icon={IconLoader} word={t('processing')} />;
}
