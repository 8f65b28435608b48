import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call, query } from '../api/client';
import type { PageOf } from '../api/lists';
import { DataTable } from '../ui/DataTable/DataTable';
import { useListSearch } from '../ui/DataTable/listSearch';
import { Pager } from '../ui/DataTable/Pager';
import { Empty } from '../ui/Empty';
import { ErrorPanel } from '../ui/ErrorPanel';
import { targetsOf, useOperationColumns, type Operation } from './operations';

type Props = { label: string; asked: { operator: string } | { name: string } };

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (o: Operation) => o.guid;

/** What somebody did in the console, or what was done to something, the last first. */
export function OperationTable({ label, asked }: Props) {
  const t = useTranslations('entities');
  const { list, change } = useListSearch('', noFilters);
  const columns = useOperationColumns();
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', 'console', 'of', asked, list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Operation>>('GET', `/api/audits/console${query({ ...askedText(asked), current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('noOperations')} />
      ) : (
        <DataTable label={label} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={targetsOf} sort="" onSort={noSort} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </>
  );
}

/** A name is looked for as it is written down, between its quotation marks: "Tills" is not "Tills north". */
export const askedText = (asked: Props['asked']) => ('operator' in asked ? asked : { q: JSON.stringify(asked.name) });
