import { useTranslations } from 'use-intl';
import { PageTabs } from '../../ui/PageTabs';

export type StrategyTab = 'options' | 'targets' | 'rollout';

/** What a strategy sets, whom it is given to, and how changes reach them. */
export function StrategyTabs({ guid, now }: { guid: string; now: StrategyTab }) {
  const t = useTranslations('strategies');
  const base = `/strategies/${guid}`;
  const tabs: { key: StrategyTab; name: string; to: string }[] = [
    { key: 'options', name: t('options'), to: base },
    { key: 'targets', name: t('givenTo'), to: `${base}/targets` },
    { key: 'rollout', name: t('rollout.title'), to: `${base}/rollout` },
  ];
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
