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
import { transfersQuery, type Transfer } from './queries';

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** Which files went where. */
export function FilesPage() {
  const t = useTranslations('audit');
  const l = useTranslations('list');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(transfersQuery(list));
  const columns = useMemo<Column<Transfer>[]>(
    () => [
      { id: 'time', header: t('time'), card: 'line', cell: (f) => <TimeText iso={isoOf(f.created_at)} isAbsolute /> },
      { id: 'device', header: t('device'), card: 'title', cell: (f) => f.remote },
      { id: 'direction', header: t('direction'), card: 'state', cell: (f) => (f.type === 0 ? t('fromDevice') : t('toDevice')) },
      { id: 'path', header: t('path'), card: 'line', cell: (f) => <span className="mono">{f.path}</span> },
      { id: 'count', header: t('count'), isNumber: true, cell: (f) => f.info.num },
      { id: 'operator', header: t('operator'), cell: (f) => f.info.name },
      { id: 'from', header: t('from'), cell: (f) => <span className="mono">{f.info.ip}</span> },
    ],
    [t],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={<ExportLink href={csvAddress('/api/audits/file', { ...list, q: '' }, { remote: list.q })} />}
    >
      <AuditTabs now="files" />
      <ListBar list={list} placeholder={t('searchEnds')} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={l('nothing')} text={t('noFiles')} />
      ) : (
        <DataTable
          label={t('files')}
          columns={columns}
          rows={data?.data}
          keyOf={(f) => f.guid}
          nameOf={(f) => f.path}
          sort=""
          onSort={noSort}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
    </Page>
  );
}
