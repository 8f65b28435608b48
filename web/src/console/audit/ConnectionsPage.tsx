import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import { readConnections } from '../../api/sessions';
import { deviceOf, keyOfConnection, useConnectionColumns } from '../../entities/ConnectionTable';
import type { Filter } from '../../ui/DataTable/filters';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
import { ExportLink } from '../../ui/ExportLink';
import { Page } from '../../ui/Page';
import { AuditTabs } from './AuditTabs';

const filterKeys = ['conn_type', 'open'] as const;

/** Every connection, newest first. */
export function ConnectionsPage() {
  const t = useTranslations('audit');
  const e = useTranslations('entities');
  const columns = useConnectionColumns({ isAbsolute: true });
  const me = useMe();
  const { list, change } = useListSearch('', filterKeys);
  const read = useQuery({
    queryKey: ['audit', 'connections', list.question],
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
      <ListView
        page="audit-connections"
        label={t('connections')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOfConnection}
        nameOf={deviceOf}
        placeholder={t('searchEnds')}
        filters={filters}
        empty={<Empty title={t('noConnections')} text={t('noConnectionsText')} />}
      />
    </Page>
  );
}
