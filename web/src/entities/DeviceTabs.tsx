import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../api/me';
import styles from './tabs.module.css';

export type DeviceTab = 'overview' | 'sessions' | 'recordings' | 'files' | 'policy' | 'access';

const rights: Partial<Record<DeviceTab, string>> = {
  sessions: 'audit.view',
  recordings: 'recordings.view',
  files: 'audit.view',
  policy: 'strategies.view',
  access: 'access.view',
};
const all: readonly DeviceTab[] = ['overview', 'sessions', 'recordings', 'files', 'policy', 'access'];

/** The pages about one device, each at its own address. */
export function DeviceTabs({ id, now }: { id: string; now: DeviceTab }) {
  const t = useTranslations('entities');
  const me = useMe();
  const navigate = useNavigate();
  const shown = all.filter((tab) => rights[tab] === undefined || can(me, rights[tab]));
  const base = `/devices/${encodeURIComponent(id)}`;
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: to === 'overview' ? base : `${base}/${to ?? ''}` })}
      aria-label={t('deviceTabs.label')}
    >
      <Tabs.List className={styles.tabs ?? ''}>
        {shown.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {t(`deviceTabs.${tab}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map((tab) => (
        <Tabs.Panel key={tab} value={tab}>
          <span />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
