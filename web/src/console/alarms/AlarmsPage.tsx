import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import { csvAddress, isoOf, type PageOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ListBar } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportLink } from '../../ui/ExportLink';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { TimeText } from '../../ui/TimeText';

type Alarm = {
  guid: string;
  device: string;
  typ: number;
  created_at: number;
  info: { ip?: string; name?: string; id?: string };
};

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** What devices and the server warn of. */
export function AlarmsPage() {
  const t = useTranslations('alarms');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['alarms', list],
    queryFn: ({ signal }) =>
      call<PageOf<Alarm>>(
        'GET',
        `/api/audits/alarm${query({ device: list.q, current: list.page, pageSize: list.size })}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo<Column<Alarm>[]>(
    () => [
      { id: 'time', header: t('time'), card: 'line', cell: (a) => <TimeText iso={isoOf(a.created_at)} isAbsolute /> },
      {
        id: 'what',
        header: t('what'),
        card: 'title',
        cell: (a) => (t.has(`kinds.${a.typ}`) ? t(`kinds.${a.typ}`) : t('other', { number: a.typ })),
      },
      { id: 'device', header: t('device'), card: 'line', cell: (a) => <span className="mono">{groupedId(a.device)}</span> },
      { id: 'who', header: t('who'), card: 'line', cell: (a) => a.info.name ?? a.info.id ?? '' },
      { id: 'from', header: t('from'), cell: (a) => <span className="mono">{a.info.ip ?? ''}</span> },
    ],
    [t],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={<ExportLink href={csvAddress('/api/audits/alarm', { ...list, q: '' }, { device: list.q })} />}
    >
      <ListBar list={list} placeholder={t('search')} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('empty')} text={t('emptyText')} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data?.data}
          keyOf={(a) => a.guid}
          nameOf={(a) => a.device}
          sort=""
          onSort={noSort}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
    </Page>
  );
}
