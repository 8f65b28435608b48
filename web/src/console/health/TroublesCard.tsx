import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import type { Health } from './HealthPage';

const few = 5;

/** The last warnings and errors of this node, as it logged them. */
export function TroublesCard({ troubles }: { troubles: Health['troubles'] }) {
  const t = useTranslations('health');
  const [all, setAll] = useState(false);
  const shown = all ? troubles : troubles.slice(0, few);
  return (
    <Card title={t('troubles')}>
      {troubles.length === 0 ? <p>{t('noTroubles')}</p> : null}
      <Facts
        items={shown.map((x, i) => [
          `${String(troubles.length - i)} · ${x.category}[${String(x.event)}]`,
          <span key={i}>
            {x.level === 'warn' ? (
              <Status tone="warn" icon={IconAlertTriangle} word={t('warning')} />
            ) : (
              <Status tone="bad" icon={IconCircleX} word={t('error')} />
            )}{' '}
            <TimeText iso={x.at} isAbsolute /> <span lang="en">{x.message}</span>
          </span>,
        ])}
      />
      {troubles.length > few ? (
        <Button size="xs" variant="default" onClick={() => setAll(!all)}>
          {all ? t('fewTroubles') : t('allTroubles', { count: troubles.length })}
        </Button>
      ) : null}
    </Card>
  );
}
