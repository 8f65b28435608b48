import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { Card } from '../../ui/Card';
import { groupedId } from '../../ui/groupedId';
import styles from './devices.module.css';
import { nameOf, type Device } from './queries';

// Most mistakes are in the last digits.
const forgiven = 3;
const fewest = 3;

/** Devices whose ID begins as one that there is not. */
export function NearestDevices({ id }: { id: string }) {
  const t = useTranslations('devices');
  const start = id.slice(0, Math.max(fewest, id.length - forgiven));
  const { data } = useQuery({
    queryKey: ['devices', 'nearest', start],
    queryFn: ({ signal }) => call<PageOf<Device>>('GET', `/api/devices${query({ id: `${start}%`, pageSize: 5 })}`, { signal }),
  });
  if (data === undefined || data.data.length === 0) return null;
  return (
    <Card title={t('nearest')}>
      <ul className={styles.bare}>
        {data.data.map((device) => (
          <li key={device.guid}>
            <Link to="/devices/$id" params={{ id: device.id }}>{nameOf(device)}</Link> <span className={`mono ${styles.fact}`}>{groupedId(device.id)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
