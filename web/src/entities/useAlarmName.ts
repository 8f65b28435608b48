import { useCallback } from 'react';
import { useTranslations } from 'use-intl';

/** What a kind of alarm is called. */
export function useAlarmName() {
  const t = useTranslations('alarms');
  return useCallback((typ: number) => (t.has(`kinds.${typ}`) ? t(`kinds.${typ}`) : t('other', { number: typ })), [t]);
}
