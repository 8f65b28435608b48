import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import type { NavGroup } from '../../ui/pageRoute';
import styles from './Navigation.module.css';
import { pages } from './pages';

const groups: readonly NavGroup[] = ['top', 'people', 'policy', 'evidence', 'system'];

/** The pages of this person; what the person may not use is absent. */
export function Navigation({ me, onGo }: { me: Me; onGo?: () => void }) {
  const t = useTranslations('nav');
  const shown = pages.filter((p) => p.nav !== undefined && (p.right === undefined || me.rights.includes(p.right)));
  return groups.map((group) => {
    const items = shown.filter((p) => p.nav?.group === group);
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
            if (nav === undefined) return null;
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
