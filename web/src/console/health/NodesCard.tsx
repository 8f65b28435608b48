import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { NodeState, usePartName } from '../../entities/NodeState';
import { nodesQuery } from '../../entities/nodes';
import { Card, Facts } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { TimeText } from '../../ui/TimeText';
import { useBytes } from '../../ui/useBytes';

/** What each node on this database runs, since when, and how busy it is. */
export function NodesCard() {
  const t = useTranslations('health');
  const bytes = useBytes();
  const partName = usePartName();
  const { data, error, refetch } = useQuery(nodesQuery);
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  return data?.map((node) => (
    <Card
      key={node.guid}
      title={data.length === 1 ? t('node') : `${t('nodes')}: ${node.name}`}
      actions={<NodeState node={node} />}
    >
      <Facts
        items={[
          [t('node'), node.name],
          [t('version'), node.version],
          [t('runs'), node.parts.map((p) => partName(p.part)).join(', ')],
          [t('since'), <TimeText key="since" iso={node.started_at} isAbsolute />],
          [t('seen'), <TimeText key="seen" iso={node.seen_at} />],
          [t('load'), t('loadOf', { cpu: node.cpu_percent, memory: bytes(node.memory), devices: node.devices })],
        ]}
      />
    </Card>
  ));
}
