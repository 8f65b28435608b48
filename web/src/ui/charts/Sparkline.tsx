import styles from './charts.module.css';
import { linePath, niceTop, type Values } from './lines';

/** A small line without axes, beside its newest value in words; gaps stay gaps. */
export function Sparkline({ values, label }: { values: Values; label: string }) {
  if (values.length < 2) return null;
  return (
    <svg className={styles.spark} viewBox={`0 0 ${values.length - 1} 100`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path className={styles.line} d={linePath(values, niceTop(values))} />
    </svg>
  );
}
