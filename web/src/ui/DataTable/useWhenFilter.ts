import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Filter } from './filters';
import { lately } from './when';

/** Says a day, or some days, as a filter has them; one end may be missing. */
export function useDaysText(): (value: string) => string {
  const t = useTranslations('list');
  const format = useFormatter();
  return useMemo(() => {
    const day = (text: string) => {
      const date = new Date(`${text}T12:00:00`);
      return Number.isNaN(date.getTime()) ? '…' : format.dateTime(date, { dateStyle: 'medium' });
    };
    return (value) => {
      const [from = '', to] = value.split('..');
      return to === undefined ? day(from) : t('days', { from: day(from), to: day(to) });
    };
  }, [t, format]);
}

/** The filter `when` of a list: today, the last days, or days by their dates. */
export function useWhenFilter(): Filter {
  const t = useTranslations('list');
  const wordOf = useDaysText();
  return useMemo(() => ({
    key: 'when',
    label: t('when'),
    options: lately.map((value) => ({ value, label: t(`lately.${value}`) })),
    isDays: true,
    wordOf,
  }), [t, wordOf]);
}
