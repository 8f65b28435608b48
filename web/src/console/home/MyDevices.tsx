import { Button, Skeleton } from '@mantine/core';
import { IconCircle, IconCircleFilled, IconPlugConnected } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import styles from './HomePage.module.css';

type Mine = { guid: string; id: string; is_online: boolean; status: 0 | 1; info: { device_name: string; os: string } };

const most = 6;

const mineQuery = (name: string) =>
  queryOptions({
    queryKey: ['devices', 'mine', name],
    queryFn: ({ signal }) =>
      call<PageOf<Mine>>('GET', `/api/devices${query({ user_name: name, sort: '-last_online', pageSize: most })}`, { signal }),
  });

/** A person's own devices, those seen last first, each with the way to it. */
export function MyDevices() {
  const t = useTranslations('home');
  const me = useMe();
  const { data, error, refetch } = useQuery(mineQuery(me.name));
  return (
    <Card title={t('mine')} actions={data !== undefined && data.total > most ? <Link to="/devices">{t('allMine', { count: data.total })}</Link> : null}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? <Skeleton height={72} /> : null}
      {data?.total === 0 ? <Empty title={t('noneMine')} text={t('noneMineText')} /> : null}
      {data === undefined || data.total === 0 ? null : (
        <ul className={styles.mine}>
          {data.data.map((device) => (
            <MyDevice key={device.guid} device={device} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function MyDevice({ device }: { device: Mine }) {
  const t = useTranslations('home');
  const name = device.info.device_name === '' ? groupedId(device.id) : device.info.device_name;
  return (
    <li className={styles.device}>
      <Link to="/devices/$id" params={{ id: device.id }} className={styles.deviceName ?? ''} title={name}>
        {name}
      </Link>
      <span className={styles.deviceFacts}>
        {device.is_online ? (
          <Status tone="ok" icon={IconCircleFilled} word={t('onlineNow')} />
        ) : (
          <Status tone="neutral" icon={IconCircle} word={t('offline')} />
        )}
        <span className="mono">{groupedId(device.id)}</span>
      </span>
      {device.status === 0 ? (
        <span className={styles.name}>{t('switchedOff')}</span>
      ) : (
        <Button
          component="a"
          href={`${basePath}/remote/${device.id}`}
          target="_blank"
          rel="noopener"
          variant="default"
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          aria-label={t('connectTo', { name })}
        >
          {t('connect')}
        </Button>
      )}
    </li>
  );
}
