import { useTranslations } from 'use-intl';
import { PageTabs } from '../../ui/PageTabs';

/** Rules, and what comes of them. */
export function AccessTabs({ now }: { now: 'rules' | 'explore' }) {
  const t = useTranslations('access');
  const tabs = [
    { key: 'rules', name: t('tabs.rules'), to: '/access' },
    { key: 'explore', name: t('tabs.explore'), to: '/access/explore' },
  ];
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
