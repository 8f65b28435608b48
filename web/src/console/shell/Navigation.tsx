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
  const may = (right: string | undefined) => right === undefined || me.rights.includes(right);
  const shown = pages.flatMap((p) => {
    if (p.nav === undefined) return [];
    if (may(p.right)) return [p];
    // Somebody may have a right to one page of the settings only.
    const inner = pages.find((i) => i.path.startsWith(`${p.path}/`) && !i.path.includes('$') && i.right !== p.right && may(i.right));
    return p.path === '/settings' && inner !== undefined ? [{ ...p, path: inner.path }] : [];
  });
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
