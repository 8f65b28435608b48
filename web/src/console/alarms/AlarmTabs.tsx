import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';

const tabs = [
  ['inbox', '/alarms', 'audit.view'],
  ['rules', '/alarms/rules', 'settings.view'],
  ['muted', '/alarms/muted', 'audit.edit'],
] as const;

/** The inbox, what is watched, and what nobody is told of; each with an address of its own. */
export function AlarmTabs({ now }: { now: (typeof tabs)[number][0] }) {
  const t = useTranslations('alarms');
  const me = useMe();
  const navigate = useNavigate();
  const shown = tabs.filter(([, , right]) => can(me, right));
  if (shown.length < 2) return null;
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: tabs.find(([key]) => key === to)?.[1] ?? '/alarms' })}
      aria-label={t('title')}
    >
      <Tabs.List>
        {shown.map(([key]) => (
          <Tabs.Tab key={key} value={key}>
            {t(`tabs.${key}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(([key]) => (
        <Tabs.Panel key={key} value={key}>
          <span />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
