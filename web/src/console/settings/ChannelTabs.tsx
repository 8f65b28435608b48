import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';

/** The channels, and what went through them. */
export function ChannelTabs({ now }: { now: 'channels' | 'deliveries' }) {
  const t = useTranslations('settings');
  const navigate = useNavigate();
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: to === 'deliveries' ? '/settings/notifications/deliveries' : '/settings/notifications' })}
      aria-label={t('pages.channels')}
    >
      <Tabs.List>
        <Tabs.Tab value="channels">{t('channel.tab')}</Tabs.Tab>
        <Tabs.Tab value="deliveries">{t('delivery.title')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="channels">
        <span />
      </Tabs.Panel>
      <Tabs.Panel value="deliveries">
        <span />
      </Tabs.Panel>
    </Tabs>
  );
}
