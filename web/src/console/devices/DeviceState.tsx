import { IconBan, IconCircle, IconCircleFilled, IconFingerprint, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Status } from '../../ui/Status';
import type { Device } from './queries';

/** A device's state in one word; where it is there, the title says by which ways. */
export function DeviceState({ device }: { device: Device }) {
  const t = useTranslations('devices');
  if (device.status === 0) return <Status tone="neutral" icon={IconBan} word={t('disabled')} />;
  const ways = device.online_by === '' ? t('offline') : t(`onlineBy.${device.online_by}`);
  if (device.has_conflict) {
    return <Status tone="bad" icon={IconFingerprint} word={t('conflict')} title={`${t('conflictHint')} ${ways}`} />;
  }
  if (device.sessions > 0) {
    return <Status tone="info" icon={IconPlayerPlay} word={t('inSession')} title={`${t('onIt', { count: device.sessions })} ${ways}`} />;
  }
  if (device.online_by !== '') return <Status tone="ok" icon={IconCircleFilled} word={t('online')} title={ways} />;
  return <Status tone="neutral" icon={IconCircle} word={t('offline')} />;
}
