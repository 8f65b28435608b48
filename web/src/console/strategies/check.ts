import type { OptionKind } from './queries';

const isNumber = (text: string, most: number) => /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most;

const isAddress = (text: string) =>
  /^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?$/.test(text.trim()) || /^[0-9a-fA-F:]*:[0-9a-fA-F:.]+(\/\d{1,3})?$/.test(text.trim());

/** Options that are lists; one entry a line is easier to read and to mend than commas. */
export const isList = (option: { key: string; kind: OptionKind }): boolean =>
  option.kind === 'addresses' || option.key === 'id-whitelist' || option.key === 'ice-servers';

/** What stands in a list, without what is empty. */
export const linesOf = (text: string): string[] => text.split(/[,\n]/).map((line) => line.trim()).filter((line) => line !== '');

/** The lines of a list that are no entries, with their numbers; what is no list has none. */
export function wrongLines(option: { key: string; kind: OptionKind }, value: string): { number: number; text: string }[] {
  if (!isList(option)) return [];
  const { key, kind } = option;
  const isRight = (text: string) =>
    kind === 'addresses' ? isAddress(text) : key === 'ice-servers' ? /^(stun|turn)s?:\S+$/i.test(text) : /^[\w*?@.-]+$/.test(text);
  return linesOf(value).flatMap((text, index) => (isRight(text) ? [] : [{ number: index + 1, text }]));
}

/** What is wrong with a value, as a word of the messages; the server has the last say. */
export function complaintOf(kind: OptionKind, value: string): 'port' | 'minutes' | 'addresses' | 'host' | 'url' | 'key' | null {
  if (value === '') return null;
  switch (kind) {
    case 'port':
      return isNumber(value, 65535) ? null : 'port';
    case 'minutes':
      return isNumber(value, 100_000) ? null : 'minutes';
    case 'addresses':
      return value === ',' || linesOf(value).every(isAddress) ? null : 'addresses';
    case 'host':
      return /^[^\s/]+$/.test(value) && !value.includes('//') ? null : 'host';
    case 'url':
      return /^https?:\/\/[^\s]+$/.test(value) ? null : 'url';
    case 'key':
      return /^[A-Za-z0-9+/]{43}=$/.test(value) ? null : 'key';
    default:
      return null;
  }
}
