import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { valuesOf } from './manyValues';

export type ListSearch = {
  q: string;
  sort: string;
  page: number;
  size: number;
  filters: Record<string, string>;
  /** The same for the server: the values of a filter that may have several, each by itself. */
  asks: Record<string, string | readonly string[]>;
  /** The filters that may have several values. */
  many: readonly string[];
  /** The columns, named by the address. */
  cols: string;
  /** The view that was opened. */
  view: string | undefined;
  /** The row in the panel. */
  peek: string | undefined;
  usualSort: string;
  /** The same text as long as the same rows are asked for. */
  question: string;
};

export type Change = (changes: Record<string, string | undefined>, replace?: boolean) => void;

export const sizes = [25, 50, 100, 500, 1000];

/** The search of a list as the address says it; nonsense is the default, what is not the list's is kept. */
export function parseListSearch(
  search: Record<string, unknown>,
  usualSort: string,
  filterKeys: readonly string[],
  many: readonly string[] = [],
): ListSearch {
  const text = (key: string) => (typeof search[key] === 'string' ? search[key] : '');
  const size = Number(text('size'));
  const filters: Record<string, string> = {};
  for (const key of filterKeys) if (text(key) !== '') filters[key] = text(key);
  const asked = {
    q: text('q'),
    sort: text('sort') === '' ? usualSort : text('sort'),
    page: Math.max(1, Math.trunc(Number(text('page'))) || 1),
    size: sizes.includes(size) ? size : 50,
    filters,
  };
  return {
    ...asked,
    many,
    asks: asksOf(filters, many),
    cols: text('cols'),
    view: text('view') || undefined,
    peek: text('peek') || undefined,
    usualSort,
    question: JSON.stringify(asked),
  };
}

const asksOf = (filters: Record<string, string>, many: readonly string[]) =>
  Object.fromEntries(Object.entries(filters).map(([key, text]) => [key, many.includes(key) ? valuesOf(text) : text]));

/** The same list when one filter is not on. */
export function withoutFilter(list: ListSearch, key: string): ListSearch {
  const filters = Object.fromEntries(Object.entries(list.filters).filter(([other]) => other !== key));
  return { ...list, filters, asks: asksOf(filters, list.many) };
}

/** The same list when nothing narrows it. */
export function withoutFilters(list: ListSearch): ListSearch {
  const asked = { q: '', sort: list.sort, page: 1, size: list.size, filters: {} };
  return { ...list, ...asked, asks: {}, peek: undefined, question: JSON.stringify(asked) };
}

/** What belongs to a view: filters and order, without where in it somebody is. */
export function viewQuery(list: ListSearch): string {
  const values = new URLSearchParams(list.filters);
  if (list.q !== '') values.set('q', list.q);
  if (list.sort !== list.usualSort) values.set('sort', list.sort);
  if (list.size !== 50) values.set('size', String(list.size));
  return values.toString();
}

/** The state of a list, which is the address; defaults are left out of it. */
export function useListSearch(usualSort: string, filterKeys: readonly string[], many?: readonly string[]) {
  const raw: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const found = useMemo(() => parseListSearch(raw, usualSort, filterKeys, many), [raw, usualSort, filterKeys, many]);
  const change: Change = (changes, replace = false) => {
    const isBeside = 'peek' in changes || 'cols' in changes;
    // Another question begins at its first page, and shows nobody beside it.
    const next: Record<string, unknown> = { ...raw, page: undefined, peek: isBeside ? raw.peek : undefined, ...changes };
    const isUsual = (key: string, value: unknown) =>
      value === undefined || value === '' || (key === 'sort' && value === usualSort) || (key === 'page' && value === '1')
      || (key === 'size' && value === '50');
    const search = Object.fromEntries(Object.entries(next).filter(([key, value]) => !isUsual(key, value)));
    void navigate({ to: '.', search, replace, resetScroll: 'page' in changes && !isBeside });
  };
  return { list: found, change };
}
