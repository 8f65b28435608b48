import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
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
import { operationsQuery, type Operation } from './queries';

const noFilters: readonly string[] = [];
const keyOf = (row: Operation) => row.guid;

/** What was done in the console and by scripts. */
export function ConsolePage() {
  const t = useTranslations('audit');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const read = useQuery(operationsQuery(list));
  const nameOf = useCallback(
    (o: Operation) => (t.has(`operations.${o.action}`) ? t(`operations.${o.action}`) : o.action.replaceAll('_', ' ')),
    [t],
  );
  const columns = useMemo<Column<Operation>[]>(
    () => [
      { id: 'time', header: t('time'), card: 'line', cell: (o) => <TimeText iso={isoOf(o.created_at)} isAbsolute /> },
      { id: 'who', header: t('who'), card: 'line', cell: (o) => o.operator },
      {
        id: 'what',
        header: t('what'),
        card: 'title',
        cell: nameOf,
      },
      { id: 'target', header: t('target'), card: 'line', cell: (o) => (o.info.targets ?? []).join(', ') },
      { id: 'via', header: t('via'), cell: (o) => (o.info.token === undefined ? t('person') : t('script')) },
      { id: 'from', header: t('from'), cell: (o) => <span className="mono">{o.ip}</span> },
    ],
    [t, nameOf],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={<ExportLink href={csvAddress('/api/audits/console', { ...list, q: '' }, { operator: list.q })} />}
    >
      <AuditTabs now="console" />
      <ListView
        page="audit-console"
        label={t('console')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('searchWho')}
        empty={<Empty title={t('noOperations')} text={t('noOperationsText')} />}
      />
    </Page>
  );
}
