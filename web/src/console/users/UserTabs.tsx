import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import styles from './users.module.css';

export const userTabs = ['overview', 'devices', 'sign-ins', 'tokens', 'sessions', 'recordings', 'access'] as const;
export type UserTab = (typeof userTabs)[number];

const rights: Partial<Record<UserTab, string>> = {
  devices: 'devices.view',
  sessions: 'audit.view',
  recordings: 'recordings.view',
  access: 'access.view',
};
// Only administrators see others' sign-ins and tokens.
const forAdministrators: readonly UserTab[] = ['sign-ins', 'tokens'];

/** The pages about one person, each at its own address. */
export function UserTabs({ guid, now }: { guid: string; now: UserTab }) {
  const t = useTranslations('users');
  const me = useMe();
  const navigate = useNavigate();
  const shown = userTabs.filter((tab) =>
    forAdministrators.includes(tab) ? me.is_admin : rights[tab] === undefined || can(me, rights[tab]));
  const base = `/users/${guid}`;
  return (
    <Tabs
      value={now}
      onChange={(to) => void navigate({ to: to === 'overview' ? base : `${base}/${to ?? ''}` })}
      aria-label={t('tabs.label')}
    >
      <Tabs.List className={styles.tabs ?? ''}>
        {shown.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {t(`tabs.${tab}`)}
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
