import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type Option = {
  path: string;
  variable: string;
  value: string;
  usual: string;
  source: 'default' | 'file' | 'environment' | 'command_line' | 'program';
  origin: string;
  needs_restart: boolean;
  waits: boolean;
  about: string;
};

export const optionsQuery = queryOptions({
  queryKey: ['options'],
  queryFn: ({ signal }) => call<Option[]>('GET', '/api/console/options', { signal }),
});

/** The options whose names begin with one of these. */
export const among = (options: readonly Option[], beginnings: readonly string[]) =>
  options.filter(({ path }) => beginnings.some((b) => path === b || (b.endsWith('.') && path.startsWith(b))));

/** Those that are found by a word: in the name, the variable, the value or what it does. */
export const matching = (options: readonly Option[], word: string) => {
  const wanted = word.trim().toLowerCase();
  return options.filter((o) => [o.path, o.variable, o.value, o.about].some((text) => text.toLowerCase().includes(wanted)));
};
