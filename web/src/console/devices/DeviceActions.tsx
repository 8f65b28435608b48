import { IconPlugConnected } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { RowAction } from '../../ui/RowAction';
import { DeviceMenu } from './DeviceMenu';
import type { Device } from './queries';

type Props = { device: Device; mayEdit: boolean; onEdit: (device: Device) => void };

/** What can be done with one device of the list. */
export function DeviceActions({ device, mayEdit, onEdit }: Props) {
  const t = useTranslations('devices');
  return (
    <span className="one-line">
      <RowAction label={t('keys.connect')} icon={<IconPlugConnected size={18} aria-hidden />} to={`/remote/${device.id}`} />
      <DeviceMenu device={device} mayEdit={mayEdit} onEdit={onEdit} />
    </span>
  );
}
