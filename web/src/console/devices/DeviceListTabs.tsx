import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { PageTabs } from '../../ui/PageTabs';

/** The devices that there are, and those that were deleted. */
export function DeviceListTabs({ now }: { now: 'devices' | 'deleted' }) {
  const t = useTranslations('devices');
  const me = useMe();
  if (!can(me, 'devices.delete')) return null;
  const tabs = [
    { key: 'devices', name: t('inUse'), to: '/devices' },
    { key: 'deleted', name: t('bin.title'), to: '/devices/deleted' },
  ];
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
