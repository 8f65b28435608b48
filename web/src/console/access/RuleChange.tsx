import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Confirm } from '../../ui/Confirm';
import { DryRun } from './DryRun';
import type { Change, Rule } from './queries';
import { useRuleTitle } from './useEndText';

type Props = {
  rule: Rule | null;
  kind: 'delete' | 'enable' | 'disable';
  isBusy: boolean;
  onCancel: () => void;
  onConfirm: (rule: Rule) => void;
};

const titles = { delete: 'deleteTitle', enable: 'enableTitle', disable: 'disableTitle' } as const;

/** Says who would gain and lose what, before a rule goes or is switched. */
export function RuleChange({ rule, kind, isBusy, onCancel, onConfirm }: Props) {
  const t = useTranslations('access');
  const titleOf = useRuleTitle();
  const change = useMemo<Change | null>(() => {
    if (rule === null) return null;
    return kind === 'delete' ? { delete: [rule.guid] } : { update: [{ guid: rule.guid, enabled: kind === 'enable' }] };
  }, [rule, kind]);
  return (
    <Confirm
      isOpen={rule !== null}
      title={rule === null ? '' : t(titles[kind], { name: titleOf(rule) })}
      action={t(kind)}
      isBusy={isBusy}
      isHarmless={kind !== 'delete'}
      onCancel={onCancel}
      onConfirm={() => {
        if (rule !== null) onConfirm(rule);
      }}
    >
      <DryRun change={change} />
    </Confirm>
  );
}
