import { queryOptions } from '@tanstack/react-query';
import { call, query } from './client';
import type { Job } from './jobs';

/** Databases of other servers; the words are the server's. */
export type DatabaseKind = 'hbbs' | 'rustdesk_api';

/** All that are imported after a trial. */
export type SourceKind = DatabaseKind | 'pro_api';

export type ImportCounts = {
  devices: number;
  new_devices: number;
  kept_devices: number;
  conflicts: number;
  skipped: number;
  users: number;
  kept_users: number;
  groups: number;
  books: number;
  entries: number;
  tags: number;
  shares: number;
  strategies: number;
  device_groups: number;
  rules: number;
  assigned_devices: number;
  missing_devices: number;
  names: string[];
  notes: string[];
};

export type ImportKey = { state: 'none' | 'same' | 'other' | 'broken'; public_key: string; own_key: string; can_take: boolean };

export type ImportTrial = { trial: string; counts: ImportCounts; key: ImportKey };

export type ImportPlaces = { root: string; folders: { name: string; files: string[] }[] };

/** Where the files are: a folder on the server, or an upload. */
export type ImportSource = { folder: string } | { upload: string };

const path = '/api/console/imports';

export const placesQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => call<ImportPlaces>('GET', path, { signal }),
});

/** What a chosen file is, by its name; null: nothing that is wanted. */
export function fileNameFor(kind: DatabaseKind, name: string): string | null {
  const base = kind === 'hbbs' ? 'db_v2.sqlite3' : 'rustdeskapi.db';
  const plain = name.toLowerCase();
  if (plain.endsWith('-wal')) return `${base}-wal`;
  if (kind === 'hbbs' && plain === 'id_ed25519') return 'id_ed25519';
  return /\.(db|sqlite3?)$/.test(plain) ? base : null;
}

/** Sends files, one after the other; they belong together. */
export async function sendFiles(kind: DatabaseKind, files: readonly File[]): Promise<ImportSource> {
  let upload = '';
  for (const file of files) {
    const name = fileNameFor(kind, file.name);
    if (name === null) continue;
    const blob = file.slice(0, file.size, 'application/octet-stream');
    const taken = await call<{ upload: string }>('POST', `${path}/files${query({ name, upload })}`, { blob });
    upload = taken.upload;
  }
  return { upload };
}

/** Another server that is to be read. */
export type ProWish = { url: string; token: string; plain_http: boolean };

/** What came of it; a word for what went wrong, or nothing. */
export type ProReading = { upload: string; fault: string };

export const startReading = (body: ProWish) => call<Job>('POST', `${path}/readings`, { body });

/** What an import of what was read would do. */
export const readTrialQuery = (upload: string) =>
  queryOptions({
    queryKey: ['imports', 'trial', upload],
    queryFn: () => tryImport('pro_api', { upload }),
    staleTime: Infinity,
  });

export const tryImport = (kind: SourceKind, source: ImportSource) =>
  call<ImportTrial>('POST', `${path}/trial`, { body: { kind, ...source } });

export const startImport = (kind: SourceKind, source: ImportSource, trial: string, takesKey: boolean) =>
  call<Job>('POST', path, { body: { kind, ...source, trial, take_key: takesKey } });

export type CsvPlan = { total: number; good: number; bad: number; rows: { line: number; key: string; detail: string }[] };

const csv = (file: File) => file.slice(0, file.size, 'text/csv');

export const tryCsv = (file: File) => call<CsvPlan>('POST', '/api/devices/import?dry_run=1', { blob: csv(file) });

export const startCsv = (file: File) => call<Job>('POST', '/api/devices/import?skip_bad=1', { blob: csv(file) });
