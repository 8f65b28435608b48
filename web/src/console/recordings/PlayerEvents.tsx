import { useTranslations } from 'use-intl';
import { useAlarmName } from '../../entities/useAlarmName';
import { Card } from '../../ui/Card';
import { clockText } from '../../ui/clockText';
import type { Happening } from './queries';
import styles from './recordings.module.css';

type Props = { events: readonly Happening[]; onGo: (seconds: number) => void };

/** What the logs say of the time that is shown; each leads there. */
export function PlayerEvents({ events, onGo }: Props) {
  const t = useTranslations('recordings');
  const textOf = useHappeningText();
  if (events.length === 0) return null;
  return (
    <Card title={t('events')}>
      <ul className={styles.list}>
        {events.map((event) => (
          <li key={`${event.atMs} ${event.kind} ${event.text}`} className={styles.item}>
            <button type="button" className={styles.event} onClick={() => onGo(event.atMs / 1000)}>
              <span className="mono">{clockText(event.atMs / 1000)}</span>
              <span>{textOf(event)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

type MarkProps = { events: readonly Happening[]; length: number; onGo: (seconds: number) => void };

/** The same as dots on the line of time, for who points: the list says it to everybody. */
export function EventMarks({ events, length, onGo }: MarkProps) {
  const textOf = useHappeningText();
  if (length <= 0) return null;
  return events.map((event) => (
    <button
      key={`${event.atMs} ${event.kind} ${event.text}`}
      type="button"
      tabIndex={-1}
      aria-hidden
      onClick={() => onGo(event.atMs / 1000)}
      title={textOf(event)}
      className={styles.mark}
      data-kind={event.kind}
      style={{ insetInlineStart: `calc(12px + (100% - 24px) * ${Math.min(1, event.atMs / 1000 / length)})` }}
    />
  ));
}

function useHappeningText() {
  const t = useTranslations('recordings');
  const alarmOf = useAlarmName();
  return (event: Happening) =>
    event.kind === 'alarm'
      ? t('happened.alarm', { alarm: alarmOf(event.count) })
      : t(`happened.${event.kind}`, { path: event.text, count: event.count });
}
