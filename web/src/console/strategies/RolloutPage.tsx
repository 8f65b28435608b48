import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import type { Strategy } from './queries';
import { RolloutCard } from './RolloutCard';
import { openOf, rolloutsQuery } from './rollouts';
import styles from './strategies.module.css';
import { StrategyFrame } from './StrategyFrame';

/** How a change reaches the devices of a strategy. */
export function RolloutPage() {
  return <StrategyFrame now="rollout">{(strategy) => <Rollouts strategy={strategy} />}</StrategyFrame>;
}

function Rollouts({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const { data, error, refetch } = useQuery(rolloutsQuery(strategy.guid));
  const open = openOf(data);
  const past = data?.filter((r) => r !== open) ?? [];
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && open === undefined ? <Empty title={t('rollout.none')} text={t('rollout.noneText')} /> : null}
      {open === undefined ? null : <RolloutCard rollout={open} />}
      {past.map((rollout) => (
        <RolloutCard key={rollout.guid} rollout={rollout} />
      ))}
      <p>
        <Link className={styles.link} to="/strategies/$guid/history" params={{ guid: strategy.guid }}>
          {t('toHistory')}
        </Link>
      </p>
    </>
  );
}
