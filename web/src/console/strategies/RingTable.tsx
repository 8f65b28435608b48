import { useTranslations } from 'use-intl';
import type { Ring, Rollout } from './rollouts';
import styles from './strategies.module.css';

/** Per ring: how many have it, wait for it, or fell silent. */
export function RingTable({ rollout }: { rollout: Rollout }) {
  const t = useTranslations('strategies');
  const nameOf = (ring: Ring) =>
    ring.device_group !== undefined
      ? ring.device_group
      : ring.percent !== undefined
        ? t('rollout.shareOf', { percent: ring.percent })
        : t('rollout.others');
  const stateOf = (index: number) =>
    index > rollout.ring ? t('rollout.later') : index === rollout.ring && rollout.ended_at === null ? t('rollout.here') : t('rollout.passed');
  return (
    <table className={[styles.changes, styles.counts].join(' ')}>
      <thead>
        <tr>
          <th scope="col">{t('rollout.ring')}</th>
          <th scope="col">{t('state')}</th>
          <th scope="col">{t('rollout.delivered')}</th>
          <th scope="col">{t('rollout.waiting')}</th>
          <th scope="col">{t('rollout.lost')}</th>
        </tr>
      </thead>
      <tbody>
        {rollout.rings.map((ring, index) => (
          <tr key={index} aria-current={index === rollout.ring && rollout.ended_at === null ? 'step' : undefined}>
            <th scope="row">{nameOf(ring)}</th>
            <td>{stateOf(index)}</td>
            <td>{index > rollout.ring ? '–' : t('rollout.ofAll', { count: ring.delivered, all: ring.devices })}</td>
            <td>{index > rollout.ring ? '–' : ring.waiting}</td>
            <td>{index > rollout.ring ? '–' : ring.lost}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
