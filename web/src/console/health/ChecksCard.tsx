import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import type { Health } from './HealthPage';
import { State } from './State';

/** What the server depends on, with the reason; and the work that waits. */
export function ChecksCard({ health }: { health: Health }) {
  const t = useTranslations('health');
  return (
    <Card title={t('depends')}>
      <Facts
        items={[
          ...health.checks.map(({ part, state, reason, detail }) => {
            const key = `reasons.${part}_${reason}`;
            return [
              t.has(`checks.${part}`) ? t(`checks.${part}`) : part,
              <span key={part}>
                <State state={state} /> {t.has(key) ? t(key, { detail }) : detail}
              </span>,
            ] as const;
          }),
          ...health.queues.map(({ name, waiting, failed }) => [t.has(`queues.${name}`) ? t(`queues.${name}`) : name, t('waits', { waiting, failed })] as const),
        ]}
      />
    </Card>
  );
}
