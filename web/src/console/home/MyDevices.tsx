import { Skeleton } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { DeviceTile } from './DeviceTile';
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
            <DeviceTile
              key={device.guid}
              id={device.id}
              host={device.info.device_name}
              isOnline={device.is_online}
              isEnabled={device.status === 1}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}
