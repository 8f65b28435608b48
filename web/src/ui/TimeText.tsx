import { useFormatter, useTranslations } from 'use-intl';
import { useClock } from './clock';

type Props = { iso: string | null | undefined; isAbsolute?: boolean };

const day = 24 * 3600_000;

/** With its zone: who compares it with another log must not guess. */
const exactly = {
  year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
} as const;

/** For lists, where the year is one word too many most of the time. */
const shortly = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;

/** A moment: how long ago within a day, the date before that; the exact time, with its zone, in the title. */
export function TimeText({ iso, isAbsolute = false }: Props) {
  const format = useFormatter();
  const t = useTranslations('common');
  const now = useClock();
  if (iso === null || iso === undefined || iso === '') return <span>{t('never')}</span>;
  const date = new Date(iso);
  const exact = format.dateTime(date, exactly);
  const age = now - date.getTime();
  const isRecent = !isAbsolute && age < day && age > -day;
  const text = isRecent
    ? format.relativeTime(date, { now: new Date(Math.max(now, date.getTime())) })
    : isAbsolute
      ? exact
      : format.dateTime(date, date.getFullYear() === new Date(now).getFullYear() ? shortly : { ...shortly, year: 'numeric' });
  return (
    <time className="one-line" dateTime={iso} title={exact}>
      {text}
    </time>
  );
}
