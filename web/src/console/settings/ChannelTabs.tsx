import { useTranslations } from 'use-intl';
import { PageTabs } from '../../ui/PageTabs';

/** The channels, and what went through them. */
export function ChannelTabs({ now }: { now: 'channels' | 'deliveries' }) {
  const t = useTranslations('settings');
  const tabs = [
    { key: 'channels', name: t('channel.tab'), to: '/settings/notifications' },
    { key: 'deliveries', name: t('delivery.title'), to: '/settings/notifications/deliveries' },
  ];
  return <PageTabs label={t('pages.channels')} now={now} tabs={tabs} />;
}
