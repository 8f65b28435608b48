import type { OptionKind } from './queries';

const isNumber = (text: string, most: number) => /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most;

const isAddress = (text: string) =>
  /^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?$/.test(text.trim()) || /^[0-9a-fA-F:]*:[0-9a-fA-F:.]+(\/\d{1,3})?$/.test(text.trim());

/** What is wrong with a value, as a word of the messages; the server has the last say. */
export function complaintOf(kind: OptionKind, value: string): 'port' | 'minutes' | 'addresses' | 'host' | 'url' | 'key' | null {
  if (value === '') return null;
  switch (kind) {
    case 'port':
      return isNumber(value, 65535) ? null : 'port';
    case 'minutes':
      return isNumber(value, 100_000) ? null : 'minutes';
    case 'addresses':
      return value === ',' || value.split(',').every(isAddress) ? null : 'addresses';
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
