import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { Card, Facts } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { useBytes } from '../../ui/useBytes';

export type Node = {
  guid: string;
  name: string;
  version: string;
  up: boolean;
  started_at: string;
  seen_at: string;
  devices: number;
  cpu_percent: number;
  memory: number;
  parts: { part: string; state: string }[];
};

export const nodesQuery = queryOptions({
  queryKey: ['health', 'nodes'],
  queryFn: ({ signal }) => call<Node[]>('GET', '/api/console/nodes', { signal }),
  refetchInterval: 15_000,
});

/** What each node on this database runs, since when, and how busy it is. */
export function NodesCard() {
  const t = useTranslations('health');
  const bytes = useBytes();
  const { data, error, refetch } = useQuery(nodesQuery);
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  return data?.map((node) => (
    <Card
      key={node.guid}
      title={data.length === 1 ? t('node') : `${t('nodes')}: ${node.name}`}
      actions={
        node.up ? (
          <Status tone="ok" icon={IconCircleCheck} word={t('healthy')} />
        ) : (
          <Status tone="bad" icon={IconCircleX} word={t('down')} />
        )
      }
    >
      <Facts
        items={[
          [t('node'), node.name],
          [t('version'), node.version],
          [t('runs'), node.parts.map((p) => (t.has(`names.${p.part}`) ? t(`names.${p.part}`) : p.part)).join(', ')],
          [t('since'), <TimeText key="since" iso={node.started_at} isAbsolute />],
          [t('seen'), <TimeText key="seen" iso={node.seen_at} />],
          [t('load'), t('loadOf', { cpu: node.cpu_percent, memory: bytes(node.memory), devices: node.devices })],
        ]}
      />
    </Card>
  ));
}
