import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { PageTabs } from '../../ui/PageTabs';

const all = ['connections', 'files', 'console'] as const;

/** The parts of the audit, each with an address of its own. */
export function AuditTabs({ now }: { now: (typeof all)[number] }) {
  const t = useTranslations('audit');
  const me = useMe();
  const tabs = all
    .filter((tab) => tab !== 'console' || me.is_admin)
    .map((tab) => ({ key: tab, name: t(tab), to: `/audit/${tab}` }));
  return <PageTabs label={t('title')} now={now} tabs={tabs} />;
}
