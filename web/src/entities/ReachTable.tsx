import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import type { PageOf } from '../api/lists';
import { can, useMe } from '../api/me';
import { DataTable, type Column } from '../ui/DataTable/DataTable';
import { useListSearch } from '../ui/DataTable/listSearch';
import { Pager } from '../ui/DataTable/Pager';
import { Empty } from '../ui/Empty';
import { ErrorPanel } from '../ui/ErrorPanel';
import { groupedId } from '../ui/groupedId';
import { PlainLink } from '../ui/PlainLink';

type Row = { name: string; label: string; reason: string; rule?: string; rule_name?: string; control_role?: string };

type Props = { label: string; asked: { device: string } | { user: string } | { user_group: string } };

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (row: Row) => row.name;

/** Who reaches a device, or what a person reaches, and by what; each leads into the explorer. */
export function ReachTable({ label, asked }: Props) {
  const t = useTranslations('entities');
  // The short reasons are the explorer's words.
  const why = useTranslations('access');
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['rule', 'reach', 'of', asked, list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Row>>('GET', `/api/access/reach${query({ ...asked, current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const isOfDevice = 'device' in asked;
  const canAsk = can(useMe(), 'access.view');
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        id: 'name',
        header: isOfDevice ? t('person') : t('device'),
        isMain: true,
        card: 'title',
        cell: (r) => {
          const shown = isOfDevice ? r.name : groupedId(r.name);
          const text = r.label === '' ? shown : `${r.label} (${shown})`;
          return canAsk ? (
            <PlainLink to={`/access/explore${query(isOfDevice ? { user: r.name, ...asked } : { ...asked, device: r.name })}`} text={text} />
          ) : (
            text
          );
        },
      },
      {
        id: 'reason',
        header: t('why'),
        card: 'line',
        cell: (r) => (r.rule === undefined ? why(`short.${r.reason}`) : t('byRule', { name: r.rule_name ?? '' })),
      },
      { id: 'role', header: t('controlRole'), card: 'line', cell: (r) => r.control_role ?? t('ownRole') },
    ],
    [t, why, isOfDevice, asked, canAsk],
  );
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={isOfDevice ? t('reachedByNobody') : t('reachesNothing')} />
      ) : (
        <DataTable label={label} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={keyOf} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </>
  );
}
