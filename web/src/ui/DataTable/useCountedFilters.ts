import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { mostFacets, readFacets, type ListFacets } from '../../api/facets';
import type { Filter } from './filters';
import type { ListSearch } from './listSearch';
import { useFacets } from './useFacets';

type Counted = {
  /** Whatever makes the list stale makes its counts stale: the beginning of its key. */
  key: readonly string[];
  /** Of the filters, those that are counted. */
  keys: readonly string[];
  /** Where the server says how many rows of the list have what. */
  address: (list: ListSearch) => string;
};

/** What the server counted of a filter goes beside its options; what it named none of has none. */
export function withCounts(filter: Filter, counted: ListFacets | undefined): Filter {
  if (counted === undefined) return filter;
  const found = counted.filters[filter.key] ?? [];
  const countOf = (value: string) =>
    found.find((facet) => facet.value === value)?.count ?? (found.length < mostFacets ? 0 : undefined);
  return { ...filter, options: filter.options.map((option) => ({ ...option, count: countOf(option.value) })) };
}

/** The filters of a list with how many rows each of their values would find. */
export function useCountedFilters(list: ListSearch, filters: readonly Filter[], { key, keys, address }: Counted): readonly Filter[] {
  const ask = useCallback(
    (one: ListSearch) =>
      queryOptions({
        queryKey: [...key, 'facets', one.q, one.filters],
        queryFn: ({ signal }) => readFacets(address(one), signal),
        placeholderData: keepPreviousData,
        // Counts help to choose; they need not be those of this second.
        staleTime: 10_000,
      }),
    [key, address],
  );
  const { besides } = useFacets(list, keys, ask);
  return useMemo(
    () => filters.map((filter) => (keys.includes(filter.key) ? withCounts(filter, besides[filter.key]) : filter)),
    [filters, keys, besides],
  );
}
