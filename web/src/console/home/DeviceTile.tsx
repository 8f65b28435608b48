import { Button } from '@mantine/core';
import { IconCircle, IconCircleFilled, IconPlugConnected } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { HomeDevice } from '../../api/overview';
import { viewerPath } from '../../entities/connecting';
import { FavouriteStar } from '../../entities/FavouriteStar';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import styles from './HomePage.module.css';

/** A device with the way to it. */
export function DeviceTile({ device, isMine = false }: { device: HomeDevice; isMine?: boolean }) {
  const t = useTranslations('home');
  const { id, last_by: by, last_at: at } = device;
  const name = device.name === '' ? groupedId(id) : device.name;
  return (
    <li className={styles.device}>
      <span className={styles.deviceHead}>
        <Link to="/devices/$id" params={{ id }} className={styles.deviceName ?? ''} title={name}>
          {name}
        </Link>
        <FavouriteStar guid={device.guid} name={name} />
      </span>
      <span className={styles.deviceFacts}>
        {device.is_online ? (
          <Status tone="ok" icon={IconCircleFilled} word={t('onlineNow')} />
        ) : (
          <Status tone="neutral" icon={IconCircle} word={t('offline')} />
        )}
        <span className="mono">{groupedId(id)}</span>
      </span>
      {isMine ? (
        <span className={styles.last}>
          {at === null || at === undefined ? t('nobodyYet') : t('lastBy', { name: by ?? '' })}{' '}
          {at === null || at === undefined ? null : <TimeText iso={at} />}
        </span>
      ) : null}
      {device.enabled ? (
        <Button
          component="a"
          href={viewerPath(id)}
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
