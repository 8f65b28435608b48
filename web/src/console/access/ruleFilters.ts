import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Filter } from '../../ui/DataTable/filters';
import { subjects, targets } from './queries';

export const ruleFilterKeys = ['enabled', 'subject', 'target', 'used'] as const;

/** What rules can be narrowed by. */
export function useRuleFilters(): readonly Filter[] {
  const t = useTranslations('access');
  return useMemo(
    () => [
      { key: 'enabled', label: t('state'), options: [
        { value: '1', label: t('on') },
        { value: '0', label: t('off') },
      ] },
      { key: 'subject', label: t('who'), options: subjects.map((value) => ({ value, label: t(`subjectKinds.${value}`) })) },
      { key: 'target', label: t('what'), options: targets.map((value) => ({ value, label: t(`targetKinds.${value}`) })) },
      { key: 'used', label: t('lastUsed'), options: [
        { value: '1', label: t('usedOnce') },
        { value: '0', label: t('usedNever') },
      ] },
    ],
    [t],
  );
}
