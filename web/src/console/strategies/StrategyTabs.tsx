import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';

const places = {
  options: '/strategies/$guid',
  targets: '/strategies/$guid/targets',
  rollout: '/strategies/$guid/rollout',
} as const;

export type StrategyTab = keyof typeof places;

const isTab = (text: string | null): text is StrategyTab => text !== null && text in places;

/** What a strategy sets, whom it is given to, and how changes reach them. */
export function StrategyTabs({ guid, now }: { guid: string; now: StrategyTab }) {
  const t = useTranslations('strategies');
  const navigate = useNavigate();
  const names = { options: t('options'), targets: t('givenTo'), rollout: t('rollout.title') };
  const tabs = Object.keys(places).filter(isTab);
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: places[isTab(to) ? to : 'options'], params: { guid } })}
      aria-label={t('title')}
    >
      <Tabs.List>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {names[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab} value={tab}>
          <span />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
