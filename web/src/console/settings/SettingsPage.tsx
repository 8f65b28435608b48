import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Page } from '../../ui/Page';
import { settingPages } from './routes';
import styles from './settings.module.css';

const pages = [
  ['general', '/settings'],
  ['clients', '/settings/clients'],
  ['signIn', '/settings/sign-in'],
  ['providers', '/settings/providers'],
  ['directory', '/settings/directory'],
  ['enrolment', '/settings/enrolment'],
  ['mail', '/settings/mail'],
  ['channels', '/settings/notifications'],
  ['relays', '/settings/relays'],
  ['storage', '/settings/storage'],
  ['backups', '/settings/backups'],
  ['import', '/settings/import'],
  ['tokens', '/settings/tokens'],
  ['nodes', '/settings/nodes'],
  ['options', '/settings/options'],
] as const;

/** Where the pages are one line, the one that is open is in sight. */
const intoView = (link: HTMLAnchorElement | null) => link?.scrollIntoView({ block: 'nearest', inline: 'center' });

type Props = { page: (typeof pages)[number][0]; lead?: string; actions?: ReactNode; children: ReactNode };

/** A page of the settings, with the others beside it. */
export function SettingsPage({ page, lead, actions, children }: Props) {
  const t = useTranslations('settings');
  const me = useMe();
  const { pathname } = useLocation();
  const rightOf = (to: string) => settingPages.find((p) => p.path === to)?.right ?? '';
  const shown = pages.filter(([, to]) => can(me, rightOf(to)));
  return (
    <Page
      title={t(`pages.${page}`)}
      suffix={`${t('title')} · ${me.server_name}`}
      {...(lead === undefined ? {} : { lead })}
      {...(actions === undefined ? {} : { actions })}
    >
      <div className={styles.split}>
        <nav className={styles.rail} aria-label={t('title')}>
          <ul className={styles.railList}>
            {shown.map(([key, to]) => (
              <li key={key}>
                <Link
                  to={to}
                  ref={pathname === to ? intoView : undefined}
                  className={styles.link ?? ''}
                  activeOptions={{ exact: true }}
                  {...(pathname === to || (to !== '/settings' && pathname.startsWith(`${to}/`)) ? { 'aria-current': 'page' as const } : {})}
                >
                  {t(`pages.${key}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className={styles.content}>{children}</div>
      </div>
    </Page>
  );
}
