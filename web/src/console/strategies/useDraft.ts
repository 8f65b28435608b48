import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Strategy } from './queries';

export type Options = Record<string, string>;

/** What an edit began with: the options, and the version that they had. */
export type Base = { values: Options; version: string | undefined };

type Draft = { base: Base; options: Options };

const keyOf = (guid: string) => ['strategy-draft', guid];

const isSame = (one: Options, other: Options) =>
  Object.keys(one).length === Object.keys(other).length && Object.entries(one).every(([key, value]) => other[key] === value);

/**
 * The options of a strategy as they are being edited. They outlive the tab, because Preview is a page of its own and
 * shows what the editor holds; while nobody edits, they are what is stored, also when somebody else stored it. From the
 * first edit on they keep what they began with, so that what somebody else stores meanwhile does not look like an edit.
 */
export function useDraft(strategy: Strategy) {
  const client = useQueryClient();
  const { guid, config_options: stored, version } = strategy;
  const { data } = useQuery<Draft | null>({ queryKey: keyOf(guid), queryFn: skipToken, gcTime: Infinity, staleTime: Infinity });
  const now = useMemo<Base>(() => ({ values: stored, version }), [stored, version]);
  const set = useCallback(
    (key: string, value: string) => {
      const before = client.getQueryData<Draft | null>(keyOf(guid)) ?? { base: now, options: now.values };
      const rest = Object.entries(before.options).filter(([other]) => other !== key);
      const next = Object.fromEntries(value === '' ? rest : [...rest, [key, value]]);
      const draft: Draft | null = isSame(next, before.base.values) ? null : { base: before.base, options: next };
      client.setQueryData(keyOf(guid), draft);
    },
    [client, guid, now],
  );
  const discard = useCallback(() => client.setQueryData<Draft | null>(keyOf(guid), null), [client, guid]);
  return { draft: data?.options ?? stored, base: data?.base ?? now, set, discard };
}
