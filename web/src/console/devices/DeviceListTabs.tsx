import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';

/** The devices that there are, and those that were deleted. */
export function DeviceListTabs({ now }: { now: 'devices' | 'deleted' }) {
  const t = useTranslations('devices');
  const me = useMe();
  const navigate = useNavigate();
  if (!can(me, 'devices.delete')) return null;
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: to === 'deleted' ? '/devices/deleted' : '/devices' })}
      aria-label={t('title')}
    >
      <Tabs.List>
        <Tabs.Tab value="devices">{t('inUse')}</Tabs.Tab>
        <Tabs.Tab value="deleted">{t('bin.title')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="devices">
        <span />
      </Tabs.Panel>
      <Tabs.Panel value="deleted">
        <span />
      </Tabs.Panel>
    </Tabs>
  );
}
