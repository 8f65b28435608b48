import { IconBan, IconCircle, IconCircleFilled } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { PlainLink } from '../../ui/PlainLink';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import type { User } from './queries';

type Row = { guid: string; id: string; status: 0 | 1; is_online: boolean; last_online: string; info: { device_name: string; os: string } };

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (row: Row) => row.guid;
const nameOf = (row: Row) => row.info.device_name || groupedId(row.id);

/** The devices of a person. */
export function OwnedDevices({ user }: { user: User }) {
  const t = useTranslations('users');
  const d = useTranslations('devices');
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['devices', 'of', user.name, list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Row>>('GET', `/api/devices${query({ user_name: user.name, current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        id: 'state',
        header: t('state'),
        card: 'state',
        cell: (r) =>
          r.status === 0 ? <Status tone="neutral" icon={IconBan} word={d('disabled')} />
          : r.is_online ? <Status tone="ok" icon={IconCircleFilled} word={d('online')} />
          : <Status tone="neutral" icon={IconCircle} word={d('offline')} />,
      },
      {
        id: 'name',
        header: t('name'),
        isMain: true,
        card: 'title',
        cell: (r) => <PlainLink className="cut" to={`/devices/${r.id}`} text={nameOf(r)} title={nameOf(r)} />,
      },
      { id: 'id', header: d('columns.id'), card: 'line', cell: (r) => <span className="mono one-line">{groupedId(r.id)}</span> },
      { id: 'system', header: d('columns.system'), cell: (r) => <span className="cut">{r.info.os}</span> },
      { id: 'seen', header: d('columns.seen'), card: 'line', cell: (r) => <TimeText iso={`${r.last_online.replace(/\..*$/, '')}Z`} /> },
    ],
    [t, d],
  );
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('noDevices')} />
      ) : (
        <DataTable label={t('devices')} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={nameOf} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </>
  );
}
