import { Skeleton } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import type { LatestSession } from '../../api/overview';
import { Empty } from '../../ui/Empty';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import styles from './HomePage.module.css';
import { SessionNote } from './SessionNote';

/** Who was on what last. */
export function LatestSessions({ sessions }: { sessions: LatestSession[] | undefined }) {
  const t = useTranslations('home');
  if (sessions === undefined) {
    return (
      <div className={styles.pad}>
        <Skeleton height={20} />
      </div>
    );
  }
  if (sessions.length === 0) return <Empty title={t('noSessions')} text={t('noSessionsText')} />;
  const ended = sessions.find((s) => s.is_mine && s.ended_at !== null);
  return (
    <ul className={styles.sessions}>
      {sessions.map((s) => (
        <li key={s.guid} className={styles.session}>
          <span className="mono">{groupedId(s.device_id)}</span>
          <span className={styles.who}>{s.user_name === '' ? t('notSignedIn', { name: s.peer_name }) : s.user_name}</span>
          <Status
            tone={s.ended_at === null ? 'ok' : 'neutral'}
            icon={s.ended_at === null ? IconCircleCheck : IconCircleDashed}
            word={s.ended_at === null ? t('active') : t('ended')}
          />
          <span className={styles.when}>
            <TimeText iso={s.created_at} />
          </span>
          {s.is_mine ? <SessionNote session={s} isOpen={s === ended && s.note === ''} /> : null}
        </li>
      ))}
    </ul>
  );
}
