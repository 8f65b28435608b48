import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';

const paths = { rules: '/access', explore: '/access/explore' } as const;

/** Rules, and what comes of them. */
export function AccessTabs({ now }: { now: keyof typeof paths }) {
  const t = useTranslations('access');
  const navigate = useNavigate();
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: to === 'explore' ? paths.explore : paths.rules })}
      aria-label={t('title')}
    >
      <Tabs.List>
        <Tabs.Tab value="rules">{t('tabs.rules')}</Tabs.Tab>
        <Tabs.Tab value="explore">{t('tabs.explore')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="rules">
        <span />
      </Tabs.Panel>
      <Tabs.Panel value="explore">
        <span />
      </Tabs.Panel>
    </Tabs>
  );
}
