import { useCallback } from 'react';
import { useTranslations } from 'use-intl';

/** The kinds of alarms: up to 1000 the clients', above ours. */
export const alarmKinds: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009];

/** What a kind of alarm is called. */
export function useAlarmName() {
  const t = useTranslations('alarms');
  return useCallback((typ: number) => (t.has(`kinds.${typ}`) ? t(`kinds.${typ}`) : t('other', { number: typ })), [t]);
}
