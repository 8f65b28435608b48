import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { DeviceBooks, EffectiveStrategy } from './DeviceCells';
import { DeviceFrame } from './DeviceFrame';
import { DeviceIdentity } from './DeviceIdentity';
import { DeviceNow } from './DeviceNow';
import { DeviceSignals } from './DeviceSignals';
import { DeviceSystem } from './DeviceSystem';
import styles from './devices.module.css';
import type { Device } from './queries';

/** One device: what it is, how it is heard of, who is on it, whose it is. */
export function DevicePage() {
  return (
    <DeviceFrame now="overview">
      {(device) => (
        <>
          <DeviceNow device={device} />
          <DeviceSignals device={device} />
          <DeviceSystem device={device} />
          <Membership device={device} />
          <DeviceIdentity device={device} />
        </>
      )}
    </DeviceFrame>
  );
}

function Membership({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const me = useMe();
  return (
    <Card title={t('membership')}>
      <Facts
        items={[
          [t('columns.owner'), device.user_name || t('nobody')],
          [t('columns.group'), <Groups key="groups" device={device} />],
          [t('books'), device.books.length === 0 ? t('filters.none') : <DeviceBooks key="books" device={device} />],
          ...(can(me, 'strategies.view') ? [[t('effective.title'), <EffectiveStrategy key="strategy" device={device} />] as const] : []),
          [t('note'), device.note || t('filters.none')],
        ]}
      />
    </Card>
  );
}

function Groups({ device }: { device: Device }) {
  const t = useTranslations('devices');
  if (device.device_groups.length === 0) return t('filters.none');
  return (
    <>
      {device.device_groups.join(', ')}
      {device.device_groups.length === 1 ? null : <p className={styles.cause}>{t('firstGroup', { group: device.device_group_name })}</p>}
    </>
  );
}
