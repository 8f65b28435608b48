import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { DeviceFrame } from './DeviceFrame';
import { DeviceIdentity } from './DeviceIdentity';
import { DeviceNow } from './DeviceNow';
import { DeviceSignals } from './DeviceSignals';
import { DeviceSystem } from './DeviceSystem';
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
          [t('columns.group'), device.device_group_name || t('filters.none')],
          ...(can(me, 'strategies.view') ? [[t('strategy'), device.strategy_name || t('filters.none')] as const] : []),
          [t('note'), device.note || t('filters.none')],
        ]}
      />
    </Card>
  );
}
