import { useTranslations } from 'use-intl';
import styles from './charts.module.css';
import type { Lane } from './LineChart';

type Props = { label: string; lanes: readonly Lane[]; count: number; timeOf: (index: number) => string };

/** What a chart draws, in words and numbers, newest first. */
export function ChartTable({ label, lanes, count, timeOf }: Props) {
  const t = useTranslations('common');
  const steps = Array.from({ length: count }, (_, i) => count - 1 - i).filter((i) => lanes.some((lane) => (lane.values[i] ?? null) !== null));
  return (
    // Scrolled by keys too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            {lanes.map((lane) => (
              <th key={lane.name} scope="col" className={styles.number}>
                {lane.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((i) => (
            <tr key={i}>
              <th scope="row">{timeOf(i)}</th>
              {lanes.map((lane) => {
                const value = lane.values[i] ?? null;
                return (
                  <td key={lane.name} className={styles.number}>
                    {value === null ? t('chart.gap') : lane.format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
