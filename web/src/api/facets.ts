import { call } from './client';

/** A value and how many rows have it. */
export type Facet = { value: string; count: number };

/** How many rows have what: by the keys of a list's filters, the values as they take them. */
export type ListFacets = { total: number; filters: Record<string, readonly Facet[]> };

/** The server tells so many values of each. */
export const mostFacets = 100;

export const readFacets = (address: string, signal: AbortSignal) => call<ListFacets>('GET', address, { signal });
