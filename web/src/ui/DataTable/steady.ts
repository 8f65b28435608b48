/** Rows that stay where they are while what they say changes. */
export type Steady<T> = {
  rows: readonly T[];
  /** Gone from the list since, still shown for a moment. */
  gone: ReadonlySet<string>;
  /** How many wait for being asked for. */
  fresh: number;
};

/**
 * What an open list shows after it was read again: values change in place, nobody moves, what is new waits behind a
 * counter, and what is gone stays until it is taken away. Rows that follow at the end, where others went, come along.
 */
export function steady<T>(before: readonly T[], after: readonly T[], keyOf: (row: T) => string, size: number): Steady<T> {
  const now = new Map(after.map((row) => [keyOf(row), row]));
  const shown = new Set(before.map(keyOf));
  const added = after.filter((row) => !shown.has(keyOf(row)));
  const lost = before.filter((row) => !now.has(keyOf(row)));
  if (added.length === 0 && lost.length === 0) {
    return { rows: before.map((row) => now.get(keyOf(row)) ?? row), gone: new Set(), fresh: 0 };
  }

  const lastKept = after.findLastIndex((row) => shown.has(keyOf(row)));
  const following = after.slice(lastKept + 1);
  const between = added.length - following.length;
  // A full page lets go of its last ones when others come before them: they are on the next page, not gone.
  const pushed = after.length >= size ? new Set(lost.slice(Math.max(0, lost.length - between)).map(keyOf)) : new Set<string>();
  const gone = new Set(lost.map(keyOf).filter((key) => !pushed.has(key)));
  const room = Math.max(0, size - (before.length - gone.size));
  return {
    rows: [...before.map((row) => now.get(keyOf(row)) ?? row), ...following.slice(0, room)],
    gone,
    fresh: between + Math.max(0, following.length - room),
  };
}
