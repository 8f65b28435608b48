import { useQueries, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { withoutFilter, type ListSearch } from './listSearch';

type Facets<T, Key extends string> = { facets: T | undefined; besides: Partial<Record<Key, T>> };

// The same function each time: what it makes stays the same as long as nothing else was read.
function dataOf<T>(read: readonly UseQueryResult<T>[]): readonly (T | undefined)[] {
  return read.map(({ data }) => data);
}

/**
 * How many rows have what. What a filter offers is counted as if it was not on: another of its values adds rows, and
 * what the list shows has none of it.
 */
export function useFacets<T, Key extends string, K extends readonly unknown[]>(
  list: ListSearch,
  keys: readonly Key[],
  ask: (list: ListSearch) => UseQueryOptions<T, Error, T, K>,
): Facets<T, Key> {
  const lists = useMemo(
    () => [list, ...keys.filter((key) => list.filters[key] !== undefined).map((key) => withoutFilter(list, key))],
    [list, keys],
  );
  const read = useQueries({ queries: lists.map((one) => ask(one)), combine: dataOf<T> });
  return useMemo(() => {
    const on = keys.filter((key) => list.filters[key] !== undefined);
    const besides: Partial<Record<Key, T>> = {};
    for (const key of keys) {
      const one = read[1 + on.indexOf(key)];
      if (one !== undefined) besides[key] = one;
    }
    return { facets: read[0], besides };
  }, [read, keys, list.filters]);
}
