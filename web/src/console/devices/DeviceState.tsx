import { IconBan, IconCircle, IconCircleFilled } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Status } from '../../ui/Status';
import type { Device } from './queries';

/** A device's state in one word. */
export function DeviceState({ device }: { device: Device }) {
  const t = useTranslations('devices');
  if (device.status === 0) return <Status tone="neutral" icon={IconBan} word={t('disabled')} />;
  return device.is_online ? (
    <Status tone="ok" icon={IconCircleFilled} word={t('online')} title={t('onlineHint')} />
  ) : (
    <Status tone="neutral" icon={IconCircle} word={t('offline')} />
  );
}
