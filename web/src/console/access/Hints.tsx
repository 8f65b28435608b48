import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import styles from './access.module.css';
import { hintsQuery } from './queries';

// What a device asks of a caller by itself, as far as a strategy sets it.
const shown = [
  'whitelist',
  'id-whitelist',
  'approve-mode',
  'verification-method',
  'allow-only-conn-window-open',
  'access-mode',
] as const;

/** What the strategy of a device tells it to ask of callers: the server introduces them all the same. */
export function Hints({ device }: { device: string }) {
  const t = useTranslations('access');
  const me = useMe();
  const mayLook = can(me, 'strategies.view') && can(me, 'devices.view');
  const { data } = useQuery(hintsQuery(mayLook ? device : ''));
  const hints = shown.flatMap((key) => {
    const value = data?.[key] ?? '';
    return value === '' ? [] : [{ key, value }];
  });
  if (hints.length === 0) return null;
  return (
    <Card title={t('hints')}>
      <p className={styles.text}>{t('hintsText')}</p>
      <ul className={styles.facts}>
        {hints.map(({ key, value }) => (
          <li key={key}>
            {t(`hintOf.${key}`)} <span className="mono">{value}</span>
          </li>
        ))}
      </ul>
      <Link to="/devices/$id/policy" params={{ id: device }}>
        {t('toPolicy')}
      </Link>
    </Card>
  );
}
