/** A stretch of time, as `created_at` and `until` of a list ask for it: UTC, the end not in it. */
export type Stretch = { created_at?: string; until?: string };

const hour = 3600_000;

/** What a filter of time may say besides days. */
export const lately = ['today', 'yesterday', '24h', '7d', '30d', '90d'] as const;

const wire = (time: Date) => time.toISOString().slice(0, 19).replace('T', ' ');

/** The midnight that a day begins with, where the person is; null: it is none. */
function dayOf(text: string): Date | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (found === null) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
}

const later = (date: Date, days: number) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

/** `today`, `yesterday`, `24h`, `7d`, a day, `day..day`; what can't be read narrows nothing. */
export function stretchOf(text: string | undefined, now: Date): Stretch {
  if (text === undefined) return {};
  const midnight = later(now, 0);
  if (text === 'today') return { created_at: wire(midnight) };
  if (text === 'yesterday') return { created_at: wire(later(now, -1)), until: wire(midnight) };
  const past = /^(\d{1,4})([hd])$/.exec(text);
  if (past !== null) {
    return { created_at: wire(new Date(now.getTime() - Number(past[1]) * (past[2] === 'h' ? hour : 24 * hour))) };
  }
  const [first = '', last = first] = text.split('..');
  const [from, to] = [dayOf(first), dayOf(last)];
  return {
    ...(from === null ? {} : { created_at: wire(from) }),
    ...(to === null ? {} : { until: wire(later(to, 1)) }),
  };
}
