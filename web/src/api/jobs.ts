import { queryOptions } from '@tanstack/react-query';
import { call } from './client';
import type { PageOf } from './lists';

/** Those named, or all that a list showed when it was read. */
export type Selected = { guids: string[] } | { query: string; expected: number; as_of: number };

/** Work that the server goes on with when nobody looks. */
export type Job = {
  guid: string;
  kind: string;
  state: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';
  total: number;
  done: number;
  failed: number;
  detail: string;
  cancel_asked: boolean;
  can_undo: boolean;
  can_retry: boolean;
  undo_of?: string | null;
  created_at: number;
  failures?: { item: string; detail: string }[];
  /** What came of it, in a form of its kind's own. */
  result?: unknown;
};

export const isOver = (job: Job) => job.state !== 'waiting' && job.state !== 'running';

const soon = 1000;

/** One's own latest jobs; while one is under way, every second. */
export const jobsQuery = queryOptions({
  queryKey: ['jobs', 'mine'],
  queryFn: async ({ signal }) => (await call<PageOf<Job>>('GET', '/api/jobs?mine=1&pageSize=10', { signal })).data,
  refetchInterval: ({ state }) => (state.data?.some((job) => !isOver(job)) === true ? soon : false),
});

/** A job, asked again and again until it is over. */
export const jobQuery = (guid: string) =>
  queryOptions({
    queryKey: ['jobs', guid],
    queryFn: () => readJob(guid),
    refetchInterval: ({ state }) => (state.data === undefined || !isOver(state.data) ? soon : false),
  });

export const readJob = (guid: string) => call<Job>('GET', `/api/jobs/${guid}`);
export const cancelJob = (guid: string) => call<Job>('POST', `/api/jobs/${guid}/cancel`);
export const retryJob = (guid: string) => call<Job>('POST', `/api/jobs/${guid}/retry`);
export const undoJob = (guid: string) => call<Job>('POST', `/api/jobs/${guid}/undo`);

export type DeviceBulk = {
  action: 'enable' | 'disable' | 'assign' | 'delete' | 'refresh' | 'disconnect';
  type?: string;
  value?: string;
  /** Why sessions are ended; for the log. */
  reason?: string;
} & Selected;

export const startDeviceJob = (body: DeviceBulk) => call<Job>('POST', '/api/devices/bulk', { body });

export type UserWork =
  | 'enable' | 'disable' | 'invite' | 'group' | 'control_role' | 'enforce' | 'release' | 'reset' | 'sign_out' | 'delete';

export type UserBulk = { action: UserWork; value?: string } & Selected;

export const startUserJob = (body: UserBulk) => call<Job>('POST', '/api/users/bulk', { body });
