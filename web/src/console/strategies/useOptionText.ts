import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Option } from './queries';

/** The words of options. What a later server knows and this page does not is shown by its key. */
export function useOptionText() {
  const t = useTranslations('options');
  return useMemo(
    () => ({
      label: (key: string) => (t.has(`labels.${key}`) ? t(`labels.${key}`) : key),
      help: (key: string) => (t.has(`helps.${key}`) ? t(`helps.${key}`) : ''),
      warning: ({ key, warning }: Option) => {
        const group = key.startsWith('preset-') ? 'preset' : key;
        return t.has(`warnings.${group}`) ? t(`warnings.${group}`) : warning;
      },
      value: ({ kind }: Pick<Option, 'kind'>, value: string) => {
        if (kind === 'yes_no' || kind === 'yes') return value === 'Y' ? t('on') : t('off');
        if (kind === 'choice' && t.has(`words.${value}`)) return t(`words.${value}`);
        if (kind === 'minutes') return t('minutes', { count: Number(value) });
        return value;
      },
    }),
    [t],
  );
}
