import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Page } from '../../ui/Page';
import { PageTabs } from '../../ui/PageTabs';

const pages = [
  ['profile', '/me'],
  ['security', '/me/security'],
  ['signIns', '/me/sign-ins'],
  ['tokens', '/me/tokens'],
  ['notifications', '/me/notifications'],
  ['data', '/me/data'],
] as const;

type Props = { page: (typeof pages)[number][0]; title: string; lead?: string; actions?: ReactNode; children: ReactNode };

/** A page of the own account, with the others above it. */
export function MePage({ page, title, lead, actions, children }: Props) {
  const t = useTranslations('me');
  const me = useMe();
  const tabs = pages
    .filter(([key]) => key !== 'tokens' || can(me, 'tokens.own'))
    .map(([key, to]) => ({ key, to, name: t(`tabs.${key}`) }));
  return (
    <Page
      title={title}
      suffix={me.server_name}
      isNarrow
      {...(lead === undefined ? {} : { lead })}
      {...(actions === undefined ? {} : { actions })}
    >
      <PageTabs label={t('myAccount')} now={page} tabs={tabs} />
      {children}
    </Page>
  );
}
