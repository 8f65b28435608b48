import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import { isoOf, type PageOf } from '../api/lists';
import { DataTable, type Column } from '../ui/DataTable/DataTable';
import { useListSearch } from '../ui/DataTable/listSearch';
import { Pager } from '../ui/DataTable/Pager';
import { Empty } from '../ui/Empty';
import { ErrorPanel } from '../ui/ErrorPanel';
import { TimeText } from '../ui/TimeText';

type Row = {
  guid: string;
  remote: string;
  created_at: number;
  type: number;
  path: string;
  info: { num: number; ip: string; name: string };
};

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (row: Row) => row.guid;
const nameOf = (row: Row) => row.path;

/** Which files went to and from one device, or were moved by one person. */
export function FileTable({ label, asked }: { label: string; asked: { remote?: string; operator?: string } }) {
  const t = useTranslations('entities');
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', 'files', 'of', asked, list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Row>>('GET', `/api/audits/file${query({ ...asked, current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { id: 'time', header: t('started'), card: 'line', cell: (f) => <TimeText iso={isoOf(f.created_at)} isAbsolute /> },
      { id: 'direction', header: t('direction'), card: 'state', cell: (f) => (f.type === 0 ? t('fromDevice') : t('toDevice')) },
      { id: 'path', header: t('path'), isMain: true, card: 'title', cell: (f) => <span className="mono cut" title={f.path}>{f.path}</span> },
      { id: 'count', header: t('files'), isNumber: true, cell: (f) => f.info.num },
      { id: 'operator', header: t('operator'), card: 'line', cell: (f) => f.info.name },
      { id: 'from', header: t('from'), cell: (f) => <span className="mono">{f.info.ip}</span> },
    ],
    [t],
  );
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('noFiles')} />
      ) : (
        <DataTable label={label} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={nameOf} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </>
  );
}
