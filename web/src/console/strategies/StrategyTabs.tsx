import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';

/** What a strategy sets, and whom it is given to. */
export function StrategyTabs({ guid, now }: { guid: string; now: 'options' | 'targets' }) {
  const t = useTranslations('strategies');
  const navigate = useNavigate();
  return (
    <Tabs
      value={now}
      onChange={(to) =>
        void navigate({ to: to === 'targets' ? '/strategies/$guid/targets' : '/strategies/$guid', params: { guid } })
      }
      aria-label={t('title')}
    >
      <Tabs.List>
        <Tabs.Tab value="options">{t('options')}</Tabs.Tab>
        <Tabs.Tab value="targets">{t('givenTo')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="options">
        <span />
      </Tabs.Panel>
      <Tabs.Panel value="targets">
        <span />
      </Tabs.Panel>
    </Tabs>
  );
}
