import { useTranslations } from 'use-intl';
import { PageTabs } from '../../ui/PageTabs';

export type StrategyTab = 'options' | 'preview' | 'targets' | 'rollout' | 'history';

/** What a strategy sets, what that does, whom it is given to, how changes reach them, and what was before. */
export function StrategyTabs({ guid, now }: { guid: string; now: StrategyTab }) {
  const t = useTranslations('strategies');
  const base = `/strategies/${guid}`;
  const tabs: { key: StrategyTab; name: string; to: string }[] = [
    { key: 'options', name: t('options'), to: base },
    { key: 'preview', name: t('preview.title'), to: `${base}/preview` },
    { key: 'targets', name: t('givenTo'), to: `${base}/targets` },
    { key: 'rollout', name: t('rollout.title'), to: `${base}/rollout` },
    { key: 'history', name: t('rollout.history'), to: `${base}/history` },
  ];
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
