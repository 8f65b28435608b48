import { basePath } from './base';
import { query } from './client';

/** One page of a list. */
export type PageOf<T> = { total: number; data: T[] };

/** One page of a list whose rows can be worked on together, and when it was read. */
export type PageAsOf<T> = PageOf<T> & { as_of: number };

/** What work on a list's rows has to know of how it was read. */
export type ListRead = { shown: number; total: number; asOf: number };

export const readOf = (page: PageAsOf<unknown> | undefined): ListRead =>
  ({ shown: page?.data.length ?? 0, total: page?.total ?? 0, asOf: page?.as_of ?? 0 });

type Asked = { q: string; sort: string; page: number; size: number; asks: Record<string, string | readonly string[]> };

/** What a list asks the server. */
export function listQuery(asked: Asked, more: Record<string, string | undefined> = {}): string {
  return query({
    q: asked.q,
    sort: asked.sort,
    current: asked.page,
    pageSize: asked.size,
    ...asked.asks,
    ...more,
  });
}

/** Where all of a list is as CSV: the same question, without pages. */
export function csvAddress(path: string, asked: Asked, more: Record<string, string | undefined> = {}): string {
  return basePath + path + query({ q: asked.q, sort: asked.sort, ...asked.asks, ...more, format: 'csv' });
}

/** Seconds since 1970, as the field's lists tell times. */
export function isoOf(seconds: number | null | undefined): string | null {
  return seconds === null || seconds === undefined ? null : new Date(seconds * 1000).toISOString();
}
