import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import { csvAddress, isoOf, type PageOf } from '../../api/lists';
import { useMe } from '../../api/me';
import type { Column } from '../../ui/DataTable/DataTable';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
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
const keyOf = (row: Alarm) => row.guid;

/** What devices and the server warn of. */
export function AlarmsPage() {
  const t = useTranslations('alarms');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const read = useQuery({
    queryKey: ['alarms', list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Alarm>>(
        'GET',
        `/api/audits/alarm${query({ device: list.q, current: list.page, pageSize: list.size })}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  const nameOf = useCallback(
    (a: Alarm) => (t.has(`kinds.${a.typ}`) ? t(`kinds.${a.typ}`) : t('other', { number: a.typ })),
    [t],
  );
  const columns = useMemo<Column<Alarm>[]>(
    () => [
      { id: 'time', header: t('time'), card: 'line', cell: (a) => <TimeText iso={isoOf(a.created_at)} isAbsolute /> },
      {
        id: 'what',
        header: t('what'),
        card: 'title',
        cell: nameOf,
      },
      { id: 'device', header: t('device'), card: 'line', cell: (a) => <span className="mono">{groupedId(a.device)}</span> },
      { id: 'who', header: t('who'), card: 'line', cell: (a) => a.info.name ?? a.info.id ?? '' },
      { id: 'from', header: t('from'), cell: (a) => <span className="mono">{a.info.ip ?? ''}</span> },
    ],
    [t, nameOf],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={<ExportLink href={csvAddress('/api/audits/alarm', { ...list, q: '' }, { device: list.q })} />}
    >
      <ListView
        page="alarms"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
    </Page>
  );
}
