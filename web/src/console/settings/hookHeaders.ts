/** A header of a web hook, as it is edited; `isKept`: its value is stored and is not told. */
export type HookHeader = { key: number; name: string; value: string; isKept: boolean };

/** What stands for a value that stays as it is. */
const stars = '********';

let next = 0;

export const emptyHeader = (): HookHeader => ({ key: next++, name: '', value: '', isKept: false });

export const headersOf = (names: readonly string[]): HookHeader[] => names.map((name) => ({ ...emptyHeader(), name, isKept: true }));

/** All of them, as they are sent: a value that nobody typed stays. */
export const sentOf = (headers: readonly HookHeader[]): Record<string, string> =>
  Object.fromEntries(
    headers.filter(({ name }) => name.trim() !== '').map(({ name, value, isKept }) => [name.trim(), isKept && value === '' ? stars : value]),
  );
