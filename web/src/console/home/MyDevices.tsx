import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Overview } from '../../api/overview';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { DeviceTile } from './DeviceTile';
import styles from './HomePage.module.css';

/** A person's own devices, those seen last first, each with the way to it and who was on it. */
export function MyDevices({ overview }: { overview: Overview | undefined }) {
  const t = useTranslations('home');
  const mine = overview?.mine;
  const isMore = mine !== undefined && mine !== null && mine.total > mine.devices.length;
  return (
    <Card title={t('mine')} actions={isMore ? <Link to="/devices">{t('allMine', { count: mine.total })}</Link> : null}>
      {overview === undefined ? <Skeleton height={72} /> : null}
      {mine?.total === 0 ? <Empty title={t('noneMine')} text={t('noneMineText')} /> : null}
      {mine === undefined || mine === null || mine.total === 0 ? null : (
        <>
          <ul className={styles.mine}>
            {mine.devices.map((device) => (
              <DeviceTile key={device.id} device={device} isMine />
            ))}
          </ul>
          <p className={styles.text}>{t('addMine')}</p>
        </>
      )}
    </Card>
  );
}
