import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import type { Change, End, SubjectKind, TargetKind } from './queries';
import { useEndText } from './useEndText';

/** One thing that is supposed to be otherwise. */
export type Supposition =
  | { kind: 'member'; user: string; group: string }
  | { kind: 'device'; device: string; group: string }
  | { kind: 'add'; subject: End<SubjectKind>; target: End<TargetKind> }
  | { kind: 'without'; guid: string; name: string };

/** All of them as one change; the later one of two about the same person counts. */
export function sumOf(supposed: readonly Supposition[]): Change | null {
  if (supposed.length === 0) return null;
  const of = <K extends Supposition['kind']>(kind: K) =>
    supposed.filter((one): one is Extract<Supposition, { kind: K }> => one.kind === kind);
  return {
    members: of('member').map((m) => ({ user: m.user, user_group: m.group })),
    devices: of('device').map((d) => ({ device: d.device, add_group: d.group })),
    add: of('add').map(({ subject, target }) => ({ subject, target })),
    delete: of('without').map((r) => r.guid),
  };
}

/** One of them in words. */
export function useSuppositionText() {
  const t = useTranslations('access');
  const end = useEndText();
  return (one: Supposition): string => {
    switch (one.kind) {
      case 'member':
        return t('supposedMember', { user: one.user, group: one.group });
      case 'device':
        return t('supposedDevice', { device: groupedId(one.device), group: one.group });
      case 'add':
        return t('supposedRule', { rule: t('ruleWords', { who: end.subject(one.subject), what: end.target(one.target) }) });
      default:
        return t('supposedWithout', { rule: one.name });
    }
  };
}
