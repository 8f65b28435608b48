import type { Operation } from '../../entities/operations';

/** How an operation is taken back: a setting gets what it had, a job is undone. */
export type Revert = { kind: 'setting'; name: string; values: Record<string, unknown> } | { kind: 'job'; guid: string };

const stars = '********';
const elsewhere = new Set(['targets', 'token', 'before', 'after']);

/** The details of an operation but those that have a place of their own. */
export function detailsOf(o: Operation): [string, string][] {
  return Object.entries(o.info).filter(([key]) => !elsewhere.has(key)).map(([key, value]) => [key.replaceAll('_', ' '), String(value)]);
}

function objectOf(text: unknown): Record<string, unknown> | null {
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What changed, member by member: name, before, after. */
export function changesOf(o: Operation): [string, string, string][] {
  const [before, after] = [objectOf(o.info.before), objectOf(o.info.after)];
  if (before === null || after === null) return [];
  const word = (value: unknown) => (typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value));
  return Object.keys(before).map((key) => [key, word(before[key]), word(after[key])]);
}

/** How it is taken back, or null where it can't be from here. */
export function revertOf(o: Operation): Revert | null {
  const [target] = o.info.targets ?? [];
  if (target === undefined) return null;
  if (o.action === 'start_job') return { kind: 'job', guid: target };
  const values = o.action === 'change_setting' ? objectOf(o.info.before) : null;
  // What is only stars here can't be given back.
  return values === null || JSON.stringify(values).includes(stars) ? null : { kind: 'setting', name: target, values };
}
