import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { query } from '../../api/client';
import { Card } from '../../ui/Card';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportMenu } from '../../ui/ExportMenu';
import { groupedId } from '../../ui/groupedId';
import { reachQuery, type Reached } from './queries';

type Props = { user?: string; device?: string; at: string };

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** All that one person reaches, or all who reach one device, and by what. */
export function Reach({ user, device, at }: Props) {
  const t = useTranslations('access');
  const { list, change } = useListSearch('', noFilters);
  const asked = {
    ...(user === undefined ? {} : { user }),
    ...(device === undefined ? {} : { device }),
    at,
    current: list.page,
    pageSize: list.size,
  };
  const { data, error, refetch } = useQuery(reachQuery(asked));
  const isOfUser = user !== undefined;
  const columns = useMemo<Column<Reached>[]>(
    () => [
      {
        id: 'name',
        header: isOfUser ? t('device') : t('person'),
        card: 'title',
        cell: (r) =>
          isOfUser ? (
            <Link to="/access/explore" search={{ user, device: r.name }}>
              {r.label === '' ? groupedId(r.name) : r.label}
            </Link>
          ) : (
            <Link to="/access/explore" search={{ user: r.name, device }}>
              {r.label === '' ? r.name : `${r.label} (${r.name})`}
            </Link>
          ),
      },
      ...(isOfUser
        ? [{ id: 'id', header: t('id'), card: 'line' as const, cell: (r: Reached) => <span className="mono one-line">{groupedId(r.name)}</span> }]
        : []),
      {
        id: 'reason',
        header: t('why'),
        card: 'line',
        cell: (r) => (r.rule === undefined ? t(`short.${r.reason}`) : t('byRule', { name: r.rule_name === '' || r.rule_name === undefined ? t('unnamed') : r.rule_name })),
      },
      { id: 'role', header: t('role'), cell: (r) => r.control_role ?? t('ownRole') },
    ],
    [t, isOfUser, user, device],
  );
  const title = isOfUser
    ? t('reachOfUser', { user, count: data?.total ?? 0 })
    : t('reachOfDevice', { device: groupedId(device ?? ''), count: data?.total ?? 0 });
  return (
    <Card title={title} actions={<ExportMenu csv={`/api/access/reach${query({ user, device, at, format: 'csv' })}`} />}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={isOfUser ? t('reachesNothing') : t('reachedByNobody')} text={t('reachEmptyText')} />
      ) : (
        <DataTable label={title} columns={columns} rows={data?.data} keyOf={(r) => r.name} nameOf={(r) => r.name} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </Card>
  );
}
