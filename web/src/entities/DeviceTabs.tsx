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

type Props = {
  id: string;
  now: DeviceTab;
  /** It is this person's own: who reaches it is told to its owner. */
  isOwn?: boolean;
};

/** The pages about one device, each at its own address. */
export function DeviceTabs({ id, now, isOwn = false }: Props) {
  const t = useTranslations('entities');
  const me = useMe();
  const base = `/devices/${encodeURIComponent(id)}`;
  const tabs = all
    .filter((tab) => rights[tab] === undefined || can(me, rights[tab]) || (isOwn && tab === 'access'))
    .map((tab) => ({ key: tab, name: t(`deviceTabs.${tab}`), to: tab === 'overview' ? base : `${base}/${tab}` }));
  return <PageTabs label={t('deviceTabs.label')} now={now} tabs={tabs} />;
}
