import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { NodeState, usePartName } from '../../entities/NodeState';
import { nodesQuery, type Node } from '../../entities/nodes';
import { Card } from '../../ui/Card';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { TimeText } from '../../ui/TimeText';
import { useBytes } from '../../ui/useBytes';
import { DrainNode } from './DrainNode';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

const noSort = () => undefined;

/** The servers on this database, and which of them new work is kept from. */
export function NodesPage() {
  const t = useTranslations('settings');
  const bytes = useBytes();
  const partName = usePartName();
  const { data, error, refetch } = useQuery(nodesQuery);
  const columns = useMemo<Column<Node>[]>(
    () => [
      {
        id: 'name',
        header: t('node.name'),
        card: 'title',
        cell: (n) => (
          <>
            <span className={styles.name}>{n.name}</span>
            <span className={styles.sub}>{n.version}</span>
          </>
        ),
      },
      { id: 'state', header: t('node.state'), card: 'state', cell: (n) => <NodeState node={n} /> },
      { id: 'runs', header: t('node.runs'), card: 'line', cell: (n) => n.parts.filter((p) => p.part !== 'node').map((p) => partName(p.part)).join(', ') },
      {
        id: 'load',
        header: t('node.load'),
        card: 'line',
        cell: (n) => t('node.loadOf', { cpu: n.cpu_percent, memory: bytes(n.memory), devices: n.devices }),
      },
      { id: 'since', header: t('node.since'), card: 'line', cell: (n) => <TimeText iso={n.started_at} /> },
      { id: 'seen', header: t('node.seen'), cell: (n) => <TimeText iso={n.seen_at} /> },
    ],
    [t, bytes, partName],
  );
  const up = data?.filter((n) => n.up && !n.drains_since).length ?? 0;
  return (
    <SettingsPage page="nodes" lead={t('nodesLead')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <DataTable
        label={t('pages.nodes')}
        columns={columns}
        rows={data}
        keyOf={(n) => n.guid}
        nameOf={(n) => n.name}
        sort=""
        onSort={noSort}
        actions={(n) => <DrainNode node={n} isOnly={up <= 1} />}
      />
      <Card title={t('cards.licence')}>
        <p className={styles.text}>{t('licenceText')}</p>
        <a href={`${basePath}/licenses.md`} target="_blank" rel="noopener">
          {t('notices')}
        </a>
      </Card>
    </SettingsPage>
  );
}
