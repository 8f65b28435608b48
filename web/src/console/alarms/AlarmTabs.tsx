import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { PageTabs } from '../../ui/PageTabs';

const tabs = [
  ['inbox', '/alarms', 'audit.view'],
  ['rules', '/alarms/rules', 'settings.view'],
  ['muted', '/alarms/muted', 'audit.edit'],
] as const;

/** The inbox, what is watched, and what nobody is told of; each with an address of its own. */
export function AlarmTabs({ now }: { now: (typeof tabs)[number][0] }) {
  const t = useTranslations('alarms');
  const me = useMe();
  const shown = tabs
    .filter(([, , right]) => can(me, right))
    .map(([key, to]) => ({ key, name: t(`tabs.${key}`), to }));
  return <PageTabs label={t('title')} now={now} tabs={shown} />;
}
