import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress, isoOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ListBar } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportLink } from '../../ui/ExportLink';
import { Page } from '../../ui/Page';
import { TimeText } from '../../ui/TimeText';
import { AuditTabs } from './AuditTabs';
import { operationsQuery, type Operation } from './queries';

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** What was done in the console and by scripts. */
export function ConsolePage() {
  const t = useTranslations('audit');
  const l = useTranslations('list');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(operationsQuery(list));
  const columns = useMemo<Column<Operation>[]>(
    () => [
      { id: 'time', header: t('time'), card: 'line', cell: (o) => <TimeText iso={isoOf(o.created_at)} isAbsolute /> },
      { id: 'who', header: t('who'), card: 'line', cell: (o) => o.operator },
      {
        id: 'what',
        header: t('what'),
        card: 'title',
        cell: (o) => (t.has(`operations.${o.action}`) ? t(`operations.${o.action}`) : o.action.replaceAll('_', ' ')),
      },
      { id: 'target', header: t('target'), card: 'line', cell: (o) => (o.info.targets ?? []).join(', ') },
      { id: 'via', header: t('via'), cell: (o) => (o.info.token === undefined ? t('person') : t('script')) },
      { id: 'from', header: t('from'), cell: (o) => <span className="mono">{o.ip}</span> },
    ],
    [t],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={<ExportLink href={csvAddress('/api/audits/console', { ...list, q: '' }, { operator: list.q })} />}
    >
      <AuditTabs now="console" />
      <ListBar list={list} placeholder={t('searchWho')} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={l('nothing')} text={t('noOperations')} />
      ) : (
        <DataTable
          label={t('console')}
          columns={columns}
          rows={data?.data}
          keyOf={(o) => o.guid}
          nameOf={(o) => o.action}
          sort=""
          onSort={noSort}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
    </Page>
  );
}
