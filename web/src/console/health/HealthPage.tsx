import { Button } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { call } from '../../api/client';
import { usePartName } from '../../entities/NodeState';
import { Card, Facts } from '../../ui/Card';
import { copyText } from '../../ui/copyText';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { TimeText } from '../../ui/TimeText';
import { say } from '../../ui/toast';
import { BrowserTest } from './BrowserTest';
import { ChecksCard } from './ChecksCard';
import { NodesCard } from './NodesCard';
import { State } from './State';
import { TroublesCard } from './TroublesCard';
import { useHealthText } from './useHealthText';

export type Health = {
  version: string;
  runtime: string;
  node: string;
  database: string;
  time: string;
  online: number;
  parts: { part: string; state: string }[];
  checks: { part: string; state: string; reason: string; detail: string }[];
  queues: { name: string; waiting: number; failed: number }[];
  troubles: { at: string; level: string; category: string; event: number; message: string }[];
};

const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => call<Health>('GET', '/api/console/health', { signal }),
  refetchInterval: 15_000,
});

/** How each part of this server is. */
export function HealthPage() {
  const t = useTranslations('health');
  const partName = usePartName();
  const { data, error, refetch } = useQuery(healthQuery);
  return (
    <Page title={t('title')} isNarrow actions={<CopyAll health={data} />}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Card title={t('parts')}>
            <Facts items={data.parts.map((p) => [partName(p.part), <State key={p.part} state={p.state} />])} />
          </Card>
          <ChecksCard health={data} />
          <TroublesCard troubles={data.troubles} />
          <NodesCard />
          <BrowserTest />
          <Card title={t('about')}>
            <Facts
              items={[
                [t('version'), data.version],
                [t('runtime'), data.runtime],
                [t('node'), data.node],
                [t('database'), data.database],
                [t('time'), <TimeText key="time" iso={data.time} isAbsolute />],
                [t('online'), String(data.online)],
              ]}
            />
            <p>{t('licence')}</p>
            <p>
              <a href={`${basePath}/changelog.md`} target="_blank" rel="noopener">
                {t('changes')}
              </a>
            </p>
            <a href={`${basePath}/licenses.md`} target="_blank" rel="noopener">
              {t('notices')}
            </a>
          </Card>
        </>
      )}
    </Page>
  );
}

/** All of the page as a text, for whoever helps; there are no secrets in it. */
function CopyAll({ health }: { health: Health | undefined }) {
  const t = useTranslations('health');
  const textOf = useHealthText();
  const copy = async () => {
    if (health !== undefined && (await copyText(textOf(health)))) say(t('copied'));
  };
  return (
    <Button variant="default" leftSection={<IconCopy size={16} aria-hidden />} disabled={health === undefined} onClick={() => void copy()}>
      {t('copyAll')}
    </Button>
  );
}
