import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Strategy } from './queries';

type Options = Record<string, string>;

const keyOf = (guid: string) => ['strategy-draft', guid];

const isSame = (one: Options, other: Options) =>
  Object.keys(one).length === Object.keys(other).length && Object.entries(one).every(([key, value]) => other[key] === value);

/**
 * The options of a strategy as they are being edited. They outlive the tab, because Preview is a page of its own and
 * shows what the editor holds; while nobody edits, they are what is stored, also when somebody else stored it.
 */
export function useDraft(strategy: Strategy) {
  const client = useQueryClient();
  const { guid, config_options: stored } = strategy;
  const { data } = useQuery<Options | null>({ queryKey: keyOf(guid), queryFn: skipToken, gcTime: Infinity, staleTime: Infinity });
  const set = useCallback(
    (key: string, value: string) => {
      const before = client.getQueryData<Options | null>(keyOf(guid)) ?? stored;
      const rest = Object.entries(before).filter(([other]) => other !== key);
      const next = Object.fromEntries(value === '' ? rest : [...rest, [key, value]]);
      client.setQueryData<Options | null>(keyOf(guid), isSame(next, stored) ? null : next);
    },
    [client, guid, stored],
  );
  const discard = useCallback(() => client.setQueryData<Options | null>(keyOf(guid), null), [client, guid]);
  return { draft: data ?? stored, set, discard };
}
