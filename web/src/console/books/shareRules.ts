import type { Person, Rule, Share } from './queries';

export type ShareOutcome = { rule: Rule | 0; by: 'owner' | 'person' | 'group' | 'everyone' | 'none' };

/** Which rule counts for somebody: the most particular one, not the most generous. */
export function resultOf(person: Person, owner: string, shares: readonly Share[]): ShareOutcome {
  if (person.name === owner) return { rule: 3, by: 'owner' };
  const most = (some: readonly Share[]) => some.reduce<Rule | 0>((best, s) => (s.rule > best ? s.rule : best), 0);
  const steps = [
    ['person', shares.filter((s) => s.user === person.name)],
    ['group', shares.filter((s) => s.group !== undefined && s.group === person.group_name)],
    ['everyone', shares.filter((s) => s.user === undefined && s.group === undefined)],
  ] as const;
  for (const [by, some] of steps) if (some.length > 0) return { rule: most(some), by };
  return { rule: 0, by: 'none' };
}
