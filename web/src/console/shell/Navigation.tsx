import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import { navGroups, navOf } from '../../ui/pageRoute';
import styles from './Navigation.module.css';
import { pages } from './pages';

/** The pages of this person; what the person may not use is absent. */
export function Navigation({ me, onGo }: { me: Me; onGo?: () => void }) {
  const t = useTranslations('nav');
  const shown = navOf(pages, me.rights);
  return navGroups.map((group) => {
    const items = shown.filter((p) => p.nav.group === group);
    if (items.length === 0) return null;
    return (
      <div key={group} className={styles.group}>
        {group === 'top' ? null : (
          <div className={styles.title} data-label>
            {t(`groups.${group}`)}
          </div>
        )}
        <ul className={styles.list}>
          {items.map(({ path, nav }) => {
            const Icon = nav.icon;
            return (
              <li key={path}>
                <Link
                  to={path}
                  className={styles.link ?? ''}
                  activeOptions={{ exact: path === '/', includeSearch: false }}
                  onClick={() => onGo?.()}
                  title={t(`pages.${nav.key}`)}
                >
                  <Icon size={20} stroke={1.75} aria-hidden />
                  <span data-label>{t(`pages.${nav.key}`)}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      </div>
    );
  });
}
