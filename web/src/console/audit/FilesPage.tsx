import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress, isoOf } from '../../api/lists';
import { useMe } from '../../api/me';
import type { Column } from '../../ui/DataTable/DataTable';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
import { ExportLink } from '../../ui/ExportLink';
import { Page } from '../../ui/Page';
import { TimeText } from '../../ui/TimeText';
import { AuditTabs } from './AuditTabs';
import { transfersQuery, type Transfer } from './queries';

const noFilters: readonly string[] = [];
const keyOf = (row: Transfer) => row.guid;

/** Which files went where. */
export function FilesPage() {
  const t = useTranslations('audit');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const read = useQuery(transfersQuery(list));
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
      <ListView
        page="audit-files"
        label={t('files')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOf}
        nameOf={(f) => f.path}
        placeholder={t('searchEnds')}
        empty={<Empty title={t('noFiles')} text={t('noFilesText')} />}
      />
    </Page>
  );
}
