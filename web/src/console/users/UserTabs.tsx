import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { PageTabs } from '../../ui/PageTabs';

export const userTabs = ['overview', 'security', 'devices', 'tokens', 'sessions', 'recordings', 'access', 'roles', 'audit'] as const;
export type UserTab = (typeof userTabs)[number];

const rights: Partial<Record<UserTab, string>> = {
  security: 'users.second_factor',
  devices: 'devices.view',
  sessions: 'audit.view',
  recordings: 'recordings.view',
  access: 'access.view',
  audit: 'audit.view',
};
// Only administrators see others' tokens.
const forAdministrators: readonly UserTab[] = ['tokens'];

/** The pages about one person, each at its own address. */
export function UserTabs({ guid, now }: { guid: string; now: UserTab }) {
  const t = useTranslations('users');
  const me = useMe();
  const shown = userTabs.filter((tab) =>
    forAdministrators.includes(tab) ? me.is_admin : rights[tab] === undefined || can(me, rights[tab]));
  const base = `/users/${guid}`;
  const tabs = shown.map((tab) => ({
    key: tab, name: t(`tabs.${tab}`), to: tab === 'overview' ? base : `${base}/${tab}`,
  }));
  return <PageTabs label={t('tabs.label')} now={now} tabs={tabs} />;
}
