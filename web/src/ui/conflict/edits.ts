import { Problem } from '../../api/problem';

/** What somebody edits, as it was read, and the version that it had then. */
export type Read<V> = { values: V; version: string | undefined };

/** What two people changed at once: what this one wants, what is there now, and the fields where they differ. */
export type Clash<V> = { changes: Partial<V>; now: Read<V>; names: (keyof V & string)[] };

export type Outcome<V, R> = { saved: R | undefined } | { clash: Clash<V> };

type Save<V, R> = (changes: Partial<V>, version: string | undefined, current: V) => Promise<R>;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What differs from what was read; what is there no more is undefined. */
export function changesOf<V extends object>(before: V, after: V): Partial<V> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof V)[];
  return Object.fromEntries(names.filter((name) => !same(before[name], after[name])).map((name) => [name, after[name]])) as Partial<V>;
}

/**
 * Saves over what was read. When somebody else saved meanwhile, what both changed differently is a clash; where they
 * changed different things, both hold and nobody is asked.
 */
export async function saveOver<V extends object, R>(
  changes: Partial<V>,
  from: Read<V>,
  save: Save<V, R>,
  read: () => Promise<Read<V>>,
  tries = 3,
): Promise<Outcome<V, R>> {
  const names = Object.keys(changes) as (keyof V & string)[];
  if (names.length === 0) return { saved: undefined };
  try {
    return { saved: await save(changes, from.version, from.values) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'edit_conflict') throw error;
    const now = await read();
    const clashing = names.filter((name) => !same(now.values[name], from.values[name]) && !same(now.values[name], changes[name]));
    // Somebody saves again and again: then it is said rather than tried for ever.
    if (clashing.length === 0 && tries === 0) throw error;
    return clashing.length === 0 ? await saveOver(changes, now, save, read, tries - 1) : { clash: { changes, now, names: clashing } };
  }
}

/** What is still to be saved when the other's value was chosen for some fields. */
export function without<V extends object>(changes: Partial<V>, theirs: readonly string[]): Partial<V> {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !theirs.includes(name))) as Partial<V>;
}
