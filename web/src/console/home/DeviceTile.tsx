import { Button } from '@mantine/core';
import { IconCircle, IconCircleFilled, IconPlugConnected } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import styles from './HomePage.module.css';

type Props = { id: string; host: string; isOnline: boolean; isEnabled: boolean };

/** A device with the way to it. */
export function DeviceTile({ id, host, isOnline, isEnabled }: Props) {
  const t = useTranslations('home');
  const name = host === '' ? groupedId(id) : host;
  return (
    <li className={styles.device}>
      <Link to="/devices/$id" params={{ id }} className={styles.deviceName ?? ''} title={name}>
        {name}
      </Link>
      <span className={styles.deviceFacts}>
        {isOnline ? (
          <Status tone="ok" icon={IconCircleFilled} word={t('onlineNow')} />
        ) : (
          <Status tone="neutral" icon={IconCircle} word={t('offline')} />
        )}
        <span className="mono">{groupedId(id)}</span>
      </span>
      {isEnabled ? (
        <Button
          component="a"
          href={`${basePath}/remote/${id}`}
          target="_blank"
          rel="noopener"
          variant="default"
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          aria-label={t('connectTo', { name })}
        >
          {t('connect')}
        </Button>
      ) : (
        <span className={styles.name}>{t('switchedOff')}</span>
      )}
    </li>
  );
}
