import { useCallback, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import type { End, Rule, SubjectKind, TargetKind } from './queries';

/** Both ends of a rule in words. */
export function useEndText() {
  const t = useTranslations('access');
  return useMemo(() => ({
    subject: ({ kind, name }: End<SubjectKind>) => t(`subjects.${kind}`, { name: name ?? t('gone') }),
    target: ({ kind, name }: End<TargetKind>) =>
      t(`targets.${kind}`, { name: name === null || name === undefined ? t('gone') : kind === 'device' ? groupedId(name) : name }),
  }), [t]);
}

/** What a rule is called: its name, or else both its ends. */
export function useRuleTitle() {
  const t = useTranslations('access');
  const end = useEndText();
  return useCallback(
    (rule: Rule) =>
      rule.name === '' ? t('ruleWords', { who: end.subject(rule.subject), what: end.target(rule.target) }) : rule.name,
    [t, end],
  );
}
