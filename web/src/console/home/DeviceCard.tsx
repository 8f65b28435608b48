import type { HomeDevice } from '../../api/overview';
import { Card } from '../../ui/Card';
import { DeviceTile } from './DeviceTile';
import styles from './HomePage.module.css';

/** Devices under a heading; nothing where there are none. */
export function DeviceCard({ title, devices }: { title: string; devices: readonly HomeDevice[] }) {
  if (devices.length === 0) return null;
  return (
    <Card title={title}>
      <ul className={styles.mine}>
        {devices.map((device) => (
          <DeviceTile key={device.id} device={device} />
        ))}
      </ul>
    </Card>
  );
}
