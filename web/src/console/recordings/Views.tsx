import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { TimeText } from '../../ui/TimeText';
import { viewsQuery } from './queries';
import styles from './recordings.module.css';

const shown = 20;

/** Who watched or fetched it. */
export function Views({ id }: { id: string }) {
  const t = useTranslations('recordings');
  const { data } = useQuery(viewsQuery(id));
  if (data === undefined) return null;
  return (
    <Card title={t('views')}>
      {data.data.length === 0 ? <p className={styles.text}>{t('noViews')}</p> : null}
      <ul className={styles.list}>
        {data.data.slice(0, shown).map((seen) => (
          <li key={`${seen.at} ${seen.user}`} className={styles.item}>
            {t(seen.byLink ? 'seen.link' : seen.downloaded ? 'seen.fetched' : 'seen.watched', { name: seen.user })}
            <span className={styles.sub}>
              {seen.address} · <TimeText iso={seen.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
