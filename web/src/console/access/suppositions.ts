import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import { isWhole, subjects, targets, type Change, type End, type SubjectKind, type TargetKind } from './queries';
import { useEndText } from './useEndText';

/** One thing that is supposed to be otherwise. */
export type Supposition =
  | { kind: 'member'; user: string; group: string }
  | { kind: 'device'; device: string; group: string }
  | { kind: 'add'; subject: End<SubjectKind>; target: End<TargetKind> }
  | { kind: 'without'; guid: string; name: string };

// More than somebody supposes, and less than an address may be long.
const most = 20;

/** How they stand in the page's address. */
export const written = (supposed: readonly Supposition[]): string => (supposed.length === 0 ? '' : JSON.stringify(supposed));

/** What stands in an address; whatever is no supposition is dropped. */
export function readSuppositions(text: string): Supposition[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.flatMap((one: unknown) => suppositionOf(one) ?? []).slice(0, most) : [];
}

function suppositionOf(one: unknown): Supposition | undefined {
  if (!isRecord(one)) return undefined;
  const { kind, user, device, group, guid, name } = one;
  if (kind === 'member' && isText(user) && isText(group)) return { kind, user, group };
  if (kind === 'device' && isText(device) && isText(group)) return { kind, device, group };
  if (kind === 'without' && isText(guid) && isText(name)) return { kind, guid, name };
  const [subject, target] = [endOf(subjects, one.subject), endOf(targets, one.target)];
  return kind === 'add' && subject !== undefined && target !== undefined ? { kind, subject, target } : undefined;
}

function endOf<K extends string>(kinds: readonly K[], end: unknown): End<K> | undefined {
  if (!isRecord(end)) return undefined;
  const kind = kinds.find((known) => known === end.kind);
  if (kind === undefined) return undefined;
  const whole: End<K> = { kind, ...(isText(end.guid) ? { guid: end.guid } : {}), ...(isText(end.name) ? { name: end.name } : {}) };
  return isWhole(whole) ? whole : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 300;

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
