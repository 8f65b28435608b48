import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { PageTabs } from '../../ui/PageTabs';
import { pendingCountQuery } from './pending';

/** The devices that there are, those that wait to be let in, and those that were deleted. */
export function DeviceListTabs({ now }: { now: 'devices' | 'pending' | 'deleted' }) {
  const t = useTranslations('devices');
  const b = useTranslations('entities.bin');
  const me = useMe();
  const maySee = can(me, 'devices.pending');
  const { data: waiting = 0 } = useQuery({ ...pendingCountQuery, enabled: maySee });
  const pending = waiting > 0 ? t('pending.tab', { count: waiting }) : t('pending.title');
  const tabs = [
    { key: 'devices', name: t('inUse'), to: '/devices' },
    ...(maySee ? [{ key: 'pending', name: pending, to: '/devices/pending' }] : []),
    ...(can(me, 'devices.delete') ? [{ key: 'deleted', name: b('title'), to: '/devices/deleted' }] : []),
  ];
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
