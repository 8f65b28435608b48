import { useTranslations } from 'use-intl';
import { can, useMe } from '../api/me';
import { PageTabs } from '../ui/PageTabs';

export type DeviceTab = 'overview' | 'sessions' | 'recordings' | 'files' | 'audit' | 'policy' | 'access';

const rights: Partial<Record<DeviceTab, string>> = {
  sessions: 'audit.view',
  recordings: 'recordings.view',
  files: 'audit.view',
  audit: 'audit.view',
  policy: 'strategies.view',
  access: 'access.view',
};
const all: readonly DeviceTab[] = ['overview', 'sessions', 'recordings', 'files', 'audit', 'policy', 'access'];

/** The pages about one device, each at its own address. */
export function DeviceTabs({ id, now }: { id: string; now: DeviceTab }) {
  const t = useTranslations('entities');
  const me = useMe();
  const base = `/devices/${encodeURIComponent(id)}`;
  const tabs = all
    .filter((tab) => rights[tab] === undefined || can(me, rights[tab]))
    .map((tab) => ({ key: tab, name: t(`deviceTabs.${tab}`), to: tab === 'overview' ? base : `${base}/${tab}` }));
  return <PageTabs label={t('deviceTabs.label')} now={now} tabs={tabs} />;
}
