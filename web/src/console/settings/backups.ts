import { queryOptions } from '@tanstack/react-query';
import { basePath } from '../../api/base';
import { call, gates } from '../../api/client';
import { readMe } from '../../api/me';

export type Backup = { name: string; size: number; created_at: number };

const path = '/api/backups';

export const backupsQuery = queryOptions({
  queryKey: ['backups'],
  queryFn: ({ signal }) => call<Backup[]>('GET', path, { signal }),
});

export type Schedule = {
  enabled: boolean;
  next_at: number | null;
  last_at: number | null;
  last_name: string;
  last_error: string;
  late: boolean;
};

export const scheduleQuery = queryOptions({
  queryKey: ['backups', 'schedule'],
  queryFn: ({ signal }) => call<Schedule>('GET', `${path}/schedule`, { signal }),
});

export const makeBackup = (hasRecordings: boolean) => call<Job>('POST', path, { body: { recordings: hasRecordings } });
export const deleteBackup = (name: string) => call('DELETE', `${path}/${encodeURIComponent(name)}`);

// A little before the server's ten minutes: between asking and fetching some time goes by.
const provenFor = 9 * 60;

/**
 * Has the browser save a backup. Fetching one asks for a fresh proof of who is there; a link can't answer that, so the
 * proof comes first.
 */
export async function downloadBackup(name: string): Promise<void> {
  const { sign_in_age } = await readMe();
  if (sign_in_age > provenFor && !(await gates.stepUp())) return;
  const link = document.createElement('a');
  link.href = `${basePath}${path}/${encodeURIComponent(name)}`;
  link.download = name;
  link.click();
}

export type JobState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

export type Job = {
  guid: string;
  kind: string;
  state: JobState;
  total: number;
  done: number;
  failed: number;
  detail: string;
  cancel_asked: boolean;
  created_at: number;
  failures: { item: string; detail: string }[] | null;
};

export const isOver = (job: Job) => job.state !== 'waiting' && job.state !== 'running';

/** A job, asked again and again until it is over. */
export const jobQuery = (guid: string | null) =>
  queryOptions({
    queryKey: ['jobs', guid],
    queryFn: ({ signal }) => call<Job>('GET', `/api/jobs/${guid ?? ''}`, { signal }),
    enabled: guid !== null,
    refetchInterval: ({ state }) => (state.data === undefined || !isOver(state.data) ? 1000 : false),
  });

export const cancelJob = (guid: string) => call('POST', `/api/jobs/${guid}/cancel`);
