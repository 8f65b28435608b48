import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { basePath } from '../../api/base';
import { call, query } from '../../api/client';
import type { Job } from '../../api/jobs';
import type { PageAsOf, PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type Rule = 1 | 2 | 3;

export type Book = {
  guid: string;
  name: string;
  owner: string;
  note: string;
  rule: Rule;
  password_set: boolean;
  is_personal: boolean;
  entries: number;
  binned: number;
};

export type Entry = {
  id: string;
  alias: string;
  tags: string[];
  note: string;
  username: string;
  hostname: string;
  platform: string;
  is_known: boolean;
  is_online: boolean;
  password_set: boolean;
  force_always_relay: boolean;
  updated_at: number;
  /** By who looks, as far as the log is told. */
  last_connected?: number;
};

export type Tag = { name: string; color: number };
export type CountedTag = Tag & { count: number };
export type Share = { guid: string; rule: Rule; user?: string; group?: string };
export type Binned = { id: string; alias: string; note: string; tags: string[]; deleted_at: number; deleted_by: string };
export type EntryChange = { id: string; alias?: string; note?: string; tags?: string[]; password?: string; hash?: string };
export type Outcome = 'added' | 'changed' | 'same' | 'kept' | 'refused';

/** More books than this nobody picks from a list; the search of the palette finds them. */
const mostBooks = 500;

/** What a book may hold, and how long its bin keeps it; no days: for good. */
export type Limits = { entries: number; tags: number; tags_of_entry: number; binned: number; bin_days: number };

export const booksQuery = queryOptions({
  queryKey: ['books', 'all'],
  queryFn: ({ signal }) =>
    call<{ personal: Book; total: number; data: Book[]; limits: Limits }>('GET', `/api/books?pageSize=${mostBooks}`, { signal }),
});

export const entryFilters = ['state', 'tag', 'match', 'untagged', 'platform', 'has_password'] as const;

/** The tags of an address: each encoded, so that a comma may be part of one. */
export const tagsOf = (list: Pick<ListSearch, 'filters'>): string[] =>
  (list.filters.tag ?? '').split(',').flatMap((text) => {
    try {
      return text === '' ? [] : [decodeURIComponent(text)];
    } catch {
      return [];
    }
  });

export const tagsText = (tags: readonly string[]): string | undefined =>
  tags.length === 0 ? undefined : tags.map(encodeURIComponent).join(',');

type Asked = Pick<ListSearch, 'q' | 'filters'>;

/** What is asked of a book's devices, as the server reads it. */
export function askedOf(list: Asked, more: Record<string, string | number> = {}): string {
  const text = query({ q: list.q, ...list.filters, tag: undefined, ...more }).slice(1);
  const tags = tagsOf(list).map((tag) => `tag=${encodeURIComponent(tag)}`);
  return [...(text === '' ? [] : [text]), ...tags].join('&');
}

const entriesPath = (book: string, list: ListSearch, more: Record<string, string | number>) =>
  `/api/books/${book}/entries?${askedOf(list, { sort: list.sort, ...more })}`;

export const entriesQuery = (book: string, list: ListSearch) =>
  queryOptions({
    queryKey: ['books', book, 'entries', list.question],
    queryFn: ({ signal }) =>
      call<PageAsOf<Entry>>('GET', entriesPath(book, list, { current: list.page, pageSize: list.size }), { signal }),
    placeholderData: keepPreviousData,
  });

export const entriesCsv = (book: string, list: ListSearch) =>
  basePath + entriesPath(book, list, { format: 'csv' });

/** As many as fit into an address. */
export const mostInFile = 500;
export const chosenCsv = (book: string, ids: readonly string[]) =>
  `${basePath}/api/books/${book}/entries${query({ ids: ids.join(','), format: 'csv' })}`;

export const tagsQuery = (book: string) =>
  queryOptions({
    queryKey: ['books', book, 'tags'],
    queryFn: ({ signal }) => call<CountedTag[]>('GET', `/api/books/${book}/tags`, { signal }),
  });

export const sharesQuery = (book: string) =>
  queryOptions({
    queryKey: ['books', book, 'shares'],
    queryFn: ({ signal }) => call<PageOf<Share>>('GET', `/api/ab/rules?ab=${book}&pageSize=1000`, { signal }),
  });

export const binQuery = (book: string, list: ListSearch) =>
  queryOptions({
    queryKey: ['books', book, 'bin', list.question],
    queryFn: ({ signal }) =>
      call<PageOf<Binned>>(
        'GET', `/api/ab/bin/${book}${query({ q: list.q, current: list.page, pageSize: list.size })}`, { signal },
      ),
    placeholderData: keepPreviousData,
  });

export type BookChange = { name?: string; note?: string; owner?: string; info?: { password: string } };

export const addBook = (book: BookChange) => call<{ guid: string }>('POST', '/api/ab/shared/add', { body: book });
export const changeBook = (guid: string, book: BookChange) =>
  call('PUT', '/api/ab/shared/update/profile', { body: { guid, ...book } });
export const deleteBook = (guid: string) => call('DELETE', '/api/ab/shared', { body: [guid] });

export const addEntry = (book: string, entry: EntryChange) => call('POST', `/api/ab/peer/add/${book}`, { body: entry });
export const changeEntry = (book: string, entry: EntryChange) =>
  call('PUT', `/api/ab/peer/update/${book}`, { body: entry });
export const deleteEntries = (book: string, ids: string[]) => call('DELETE', `/api/ab/peer/${book}`, { body: ids });

export type ManyOptions = { dry_run?: boolean; update?: boolean; create_tags?: boolean };

/** As many as the server takes at once. */
export const mostAtOnce = 500;

export const sendMany = (book: string, rows: readonly EntryChange[], options: ManyOptions, signal?: AbortSignal) =>
  call<{ results: { outcome: Outcome; reason?: string }[] }>('POST', `/api/books/${book}/entries`, {
    body: { rows, ...options },
    signal,
  });

export type Which = { ids: readonly string[] } | { query: string; expected: number; as_of: number };

export type Work =
  | { action: 'tag' | 'untag'; tag: string }
  | { action: 'copy' | 'move'; to: string; with_passwords?: boolean; dry_run?: boolean }
  | { action: 'password'; password: string }
  | { action: 'bin' };

export type WorkDone = { ids: string[]; kept: number; refused: number; reason?: string; passwords: number };

/** The same for a selection as a job: it can be stopped, and taken back for a day. */
export const startWork = (book: string, which: Which, work: Exclude<Work, { action: 'password' }>) =>
  call<Job>('POST', `/api/books/${book}/entries/bulk`, { body: { ...which, ...work, as_job: true } });

/** The same for a selection: named devices, or all that match. */
export const workOn = (book: string, which: Which, work: Work, signal?: AbortSignal) =>
  call<WorkDone>('POST', `/api/books/${book}/entries/bulk`, { body: { ...which, ...work }, signal });

type Merged = { tags: (Tag & { ids: string[] })[]; gained: string[] };

/** One tag becomes another; what comes back takes it back. */
export const mergeTag = (book: string, from: string, into: string) =>
  call<Merged>('POST', `/api/books/${book}/tags/merge`, { body: { from: [from], into } });

export async function unmergeTags(book: string, { tags, gained }: Merged, into: string): Promise<void> {
  for (const { ids, ...tag } of tags) {
    await addTag(book, tag);
    if (ids.length > 0) await workOn(book, { ids }, { action: 'tag', tag: tag.name });
  }
  if (gained.length > 0) await workOn(book, { ids: gained }, { action: 'untag', tag: into });
}

export const restore = (book: string, ids: string[]) =>
  call<{ restored: number }>('POST', `/api/ab/bin/${book}/restore`, { body: ids });
/** For good; without ids everything. */
export const purge = (book: string, ids: string[]) => call('DELETE', `/api/ab/bin/${book}`, { body: ids });

export const addTag = (book: string, tag: { name: string; color: number }) =>
  call('POST', `/api/ab/tag/add/${book}`, { body: tag });
export const recolourTag = (book: string, tag: Tag) => call('PUT', `/api/ab/tag/update/${book}`, { body: tag });
export const renameTag = (book: string, old: string, name: string) =>
  call('PUT', `/api/ab/tag/rename/${book}`, { body: { old, new: name } });
export const deleteTag = (book: string, name: string) => call('DELETE', `/api/ab/tag/${book}`, { body: [name] });

export const share = (book: string, rule: Rule, to: { user?: string; group?: string }) =>
  call('POST', '/api/ab/rule', { body: { guid: book, rule, ...to } });
export const changeShare = (guid: string, rule: Rule) => call('PATCH', '/api/ab/rule', { body: { guid, rule } });
export const unshare = (guid: string) => call('DELETE', '/api/ab/rules', { body: [guid] });

export type Person = { name: string; group_name: string };

/** One person by name, for working out what the rules give. */
export const personQuery = (name: string) =>
  queryOptions({
    queryKey: ['users', 'person', name],
    queryFn: async ({ signal }) => {
      const page = await call<PageOf<Person>>('GET', `/api/users${query({ name, pageSize: 1 })}`, { signal });
      return page.data[0] ?? null;
    },
    enabled: name !== '',
  });

/** ARGB without sign, as clients keep it, and back. */
export const cssOf = (color: number) => `#${(color & 0xff_ff_ff).toString(16).padStart(6, '0')}`;
export const argbOf = (css: string) => 0xff_00_00_00 + Number.parseInt(css.slice(1), 16);

export const nameOfEntry = (entry: { id: string; alias: string; hostname?: string }) =>
  entry.alias || entry.hostname || entry.id;
