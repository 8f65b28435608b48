import { Skeleton } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { Overview } from '../../api/overview';
import styles from './HomePage.module.css';

/** What is going on, in a few numbers. */
export function Tiles({ overview, isAdmin }: { overview: Overview | undefined; isAdmin: boolean }) {
  const t = useTranslations('home');
  const fleet = overview?.fleet;
  const text = (make: (data: Overview) => string) => (overview === undefined ? undefined : make(overview));
  const paths = (fleet?.direct ?? 0) + (fleet?.relayed ?? 0);
  const tiles: (readonly [string, string | undefined, string?])[] = [
    [t('online'), text((data) => t('of', { online: data.online, total: data.devices }))],
    [t('live'), text((data) => String(data.live_sessions))],
  ];
  if (isAdmin) {
    tiles.push(
      [
        t('paths'),
        text(() => (paths === 0 ? t('noPaths') : t('share', { direct: (fleet?.direct ?? 0) / paths, relayed: (fleet?.relayed ?? 0) / paths }))),
        t('pathsHelp'),
      ],
      [t('recordings'), text(() => String(fleet?.recordings ?? 0))],
    );
  }
  return (
    <div className={styles.tiles}>
      {tiles.map(([name, value, help]) => (
        <div key={name} className={styles.tile} title={help}>
          <div className={styles.name}>{name}</div>
          {value === undefined ? <Skeleton height={32} width={64} /> : <div className={styles.number}>{value}</div>}
        </div>
      ))}
    </div>
  );
}
