import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import { readConnections } from '../../api/sessions';
import { ConnectionTable } from '../../entities/ConnectionTable';
import { ListBar, type Filter } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportLink } from '../../ui/ExportLink';
import { Page } from '../../ui/Page';
import { AuditTabs } from './AuditTabs';

const filterKeys = ['conn_type', 'open'] as const;

/** Every connection, newest first. */
export function ConnectionsPage() {
  const t = useTranslations('audit');
  const e = useTranslations('entities');
  const l = useTranslations('list');
  const me = useMe();
  const { list, change } = useListSearch('', filterKeys);
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', 'connections', list],
    queryFn: ({ signal }) =>
      readConnections({ ...list.filters, remote: list.q, current: list.page, pageSize: list.size }, signal),
    placeholderData: keepPreviousData,
  });
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: 'conn_type',
        label: e('kind'),
        options: [0, 1, 2, 3, 4].map((kind) => ({ value: String(kind), label: e(`kinds.${kind}`) })),
      },
      { key: 'open', label: e('state'), options: [{ value: '1', label: e('active') }, { value: '0', label: e('ended') }] },
    ],
    [e],
  );
  const file = csvAddress('/api/audits/conn', { ...list, q: '' }, { remote: list.q });
  return (
    <Page title={t('title')} suffix={me.server_name} actions={<ExportLink href={file} />}>
      <AuditTabs now="connections" />
      <ListBar list={list} placeholder={t('searchEnds')} filters={filters} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={l('nothing')} text={t('noConnections')} />
      ) : (
        <ConnectionTable rows={data?.data} label={t('connections')} isAbsolute />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
    </Page>
  );
}
