import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';

const tabs = ['connections', 'files', 'console'] as const;

/** The parts of the audit, each with an address of its own. */
export function AuditTabs({ now }: { now: (typeof tabs)[number] }) {
  const t = useTranslations('audit');
  const me = useMe();
  const navigate = useNavigate();
  return (
    <Tabs value={now} onChange={(to) => void navigate({ to: `/audit/${to ?? now}` })} aria-label={t('title')}>
      <Tabs.List>
        {tabs.map((tab) =>
          tab === 'console' && !me.is_admin ? null : (
            <Tabs.Tab key={tab} value={tab}>
              {t(tab)}
            </Tabs.Tab>
          ),
        )}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab} value={tab}>
          <span />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
