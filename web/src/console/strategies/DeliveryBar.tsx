import { useTranslations } from 'use-intl';
import type { Delivery } from './queries';
import styles from './strategies.module.css';

type Props = { delivery: Delivery | undefined; isEnabled: boolean };

const parts = ['delivered', 'waiting', 'unknown'] as const;

/** How many devices a strategy governs now, and how many of them have it; in words beside the bar. */
export function DeliveryBar({ delivery: d, isEnabled }: Props) {
  const t = useTranslations('strategies');
  if (d === undefined) return null;
  if (d.governs === 0) return t('governsNone');
  if (!isEnabled) return t('governsInVain', { count: d.governs });
  const words = parts.filter((part) => part === 'delivered' || d[part] > 0).map((part) => t(`deliveryParts.${part}`, { count: d[part] }));
  return (
    <span className={styles.delivery}>
      <span className={styles.deliveryBar} aria-hidden>
        {parts.map((part) => (
          <span key={part} className={styles[part] ?? ''} style={{ inlineSize: `${(100 * d[part]) / d.governs}%` }} />
        ))}
      </span>
      <span className={styles.deliveryWords}>{`${t('governs', { count: d.governs })}: ${words.join(', ')}`}</span>
    </span>
  );
}
