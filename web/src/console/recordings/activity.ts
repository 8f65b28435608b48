/** Seconds in which nothing moves are passed over when there are at least so many of them. */
const leastIdle = 5;

/** Shown before something moves again, so that nobody misses how it began. */
const lead = 1;

/** Where to go on from a moment at which nothing moves for long; null: something moves, or soon will. */
export function afterIdle(levels: readonly number[], now: number): number | null {
  const at = Math.floor(now);
  if ((levels[at] ?? 1) > 0) return null;
  const next = levels.findIndex((level, second) => second > at && level > 0);
  return next < 0 || next - now < leastIdle ? null : next - lead;
}

/** The most that moves in each of so many equal parts of a length. */
export function columnsOf(levels: readonly number[], length: number, count: number): number[] {
  if (length <= 0) return [];
  return Array.from({ length: count }, (_, column) => {
    const from = Math.floor((column * length) / count);
    const to = Math.max(from + 1, Math.ceil(((column + 1) * length) / count));
    return Math.max(0, ...levels.slice(from, to));
  });
}
