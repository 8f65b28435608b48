import { basePath } from './base';
import { query } from './client';

/** One page of a list. */
export type PageOf<T> = { total: number; data: T[] };

type Asked = { q: string; sort: string; page: number; size: number; filters: Record<string, string> };

/** What a list asks the server. */
export function listQuery(asked: Asked, more: Record<string, string | undefined> = {}): string {
  return query({
    q: asked.q,
    sort: asked.sort,
    current: asked.page,
    pageSize: asked.size,
    ...asked.filters,
    ...more,
  });
}

/** Where all of a list is as CSV: the same question, without pages. */
export function csvAddress(path: string, asked: Asked, more: Record<string, string | undefined> = {}): string {
  return basePath + path + query({ q: asked.q, sort: asked.sort, ...asked.filters, ...more, format: 'csv' });
}

/** Seconds since 1970, as the field's lists tell times. */
export function isoOf(seconds: number | null | undefined): string | null {
  return seconds === null || seconds === undefined ? null : new Date(seconds * 1000).toISOString();
}
