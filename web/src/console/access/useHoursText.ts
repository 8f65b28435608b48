import { useLocale, useTranslations } from 'use-intl';
import { days } from './days';
import type { Schedule } from './queries';

/** When a rule holds, in words. */
export function useHoursText() {
  const t = useTranslations('access');
  const locale = useLocale();
  const name = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  // 1 January 2024 was a Monday.
  const dayOf = (day: string) => name.format(new Date(Date.UTC(2024, 0, 1 + days.indexOf(day))));
  return (schedule: Schedule | null | undefined): string => {
    if (schedule === null || schedule === undefined) return t('always');
    const windows = (schedule.windows ?? []).map((w) =>
      [w.days.length === 0 || w.days.length === 7 ? t('daily') : w.days.map(dayOf).join(' '), `${w.from}–${w.to}`].join(' '),
    );
    const dates =
      typeof schedule.from_date === 'string' || typeof schedule.to_date === 'string'
        ? [`${schedule.from_date ?? '…'} – ${schedule.to_date ?? '…'}`]
        : [];
    const zone = schedule.time_zone === undefined ? [] : [`(${schedule.time_zone})`];
    return [...windows, ...dates, ...zone].join(', ').replace(/, \(/, ' (') || t('always');
  };
}
