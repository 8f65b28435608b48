import { useCallback } from 'react';
import { useFormatter, useTranslations } from 'use-intl';

/** Bytes a second, as the Mbit/s that lines are sold by. */
export function useMbit() {
  const t = useTranslations('settings');
  const format = useFormatter();
  return useCallback(
    (bytes: number) => t('relay.mbit', { rate: format.number((bytes * 8) / 1e6, { maximumFractionDigits: 1 }) }),
    [t, format],
  );
}
