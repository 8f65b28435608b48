import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import type { End, SubjectKind, TargetKind } from './queries';

/** Both ends of a rule in words. */
export function useEndText() {
  const t = useTranslations('access');
  return {
    subject: ({ kind, name }: End<SubjectKind>) => t(`subjects.${kind}`, { name: name ?? t('gone') }),
    target: ({ kind, name }: End<TargetKind>) =>
      t(`targets.${kind}`, { name: name === null || name === undefined ? t('gone') : kind === 'device' ? groupedId(name) : name }),
  };
}
