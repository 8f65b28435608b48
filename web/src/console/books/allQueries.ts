import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';
import { listQuery, type PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import type { Entry } from './queries';

/** An address book of anybody; the name of a personal one is empty. */
export type AnyBook = {
  guid: string;
  name: string;
  note: string;
  owner: string;
  is_personal: boolean;
  password_set: boolean;
  entries: number;
  binned: number;
  shares: number;
  updated_at: string;
};

const path = '/api/books/all';

export const allBooksQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['books', 'everybody', list],
    queryFn: ({ signal }) => call<PageOf<AnyBook>>('GET', path + listQuery(list), { signal }),
    placeholderData: keepPreviousData,
  });

/** Every look is written down, so that one is kept while the page is open. */
export const anyEntriesQuery = (guid: string, list: ListSearch) =>
  queryOptions({
    queryKey: ['books', 'everybody', guid, list],
    queryFn: ({ signal }) => call<PageOf<Entry>>('GET', `${path}/${guid}/entries${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });

export const changeAnyBook = (guid: string, change: { owner?: string; name?: string; note?: string }) =>
  call<AnyBook>('PATCH', `${path}/${guid}`, { body: change });
export const deleteAnyBook = (guid: string) => call('DELETE', `${path}/${guid}`);
