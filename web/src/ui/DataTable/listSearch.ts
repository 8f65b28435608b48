import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';

export type ListSearch = {
  q: string;
  sort: string;
  page: number;
  size: number;
  filters: Record<string, string>;
};

const sizes = [25, 50, 100];

/** The search of a list as the address says it; nonsense is the default, what is not the list's is kept. */
export function parseListSearch(
  search: Record<string, unknown>,
  usualSort: string,
  filterKeys: readonly string[],
): ListSearch {
  const text = (key: string) => (typeof search[key] === 'string' ? search[key] : '');
  const size = Number(text('size'));
  const filters: Record<string, string> = {};
  for (const key of filterKeys) if (text(key) !== '') filters[key] = text(key);
  return {
    q: text('q'),
    sort: text('sort') === '' ? usualSort : text('sort'),
    page: Math.max(1, Math.trunc(Number(text('page'))) || 1),
    size: sizes.includes(size) ? size : 50,
    filters,
  };
}

/** The state of a list, which is the address; defaults are left out of it. */
export function useListSearch(usualSort: string, filterKeys: readonly string[]) {
  const raw: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const list = useMemo(() => parseListSearch(raw, usualSort, filterKeys), [raw, usualSort, filterKeys]);
  const change = (changes: Record<string, string | undefined>, replace = false) => {
    // Another question begins at its first page.
    const next: Record<string, unknown> = { ...raw, page: undefined, ...changes };
    const isUsual = (key: string, value: unknown) =>
      value === undefined || value === '' || (key === 'sort' && value === usualSort) || (key === 'page' && value === '1');
    const search = Object.fromEntries(Object.entries(next).filter(([key, value]) => !isUsual(key, value)));
    void navigate({ to: '.', search, replace });
  };
  return { list, change };
}
