import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { basePath } from '../../api/base';
import { call, query } from '../../api/client';
import type { Job, Selected } from '../../api/jobs';
import type { PageAsOf, PageOf } from '../../api/lists';
import { can, type Me } from '../../api/me';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { valuesOf } from '../../ui/DataTable/manyValues';
import { stretchOf } from '../../ui/DataTable/when';

export type RecordingStatus = 'recording' | 'processing' | 'ready' | 'error';

export type Recording = {
  recordId: string;
  guid: string;
  status: RecordingStatus;
  title: string;
  note: string;
  held: boolean;
  heldAt?: string;
  keptUntil?: string;
  owner: string;
  user?: string;
  uploaded: boolean;
  device: string;
  deviceGuid?: string;
  display: string;
  peer: string;
  direction: string;
  codec: string;
  size: number;
  chunks: number;
  durationMs?: number;
  mimeType?: string;
  incomplete: boolean;
  sha256?: string;
  progress?: number;
  code?: string;
  reason?: string;
  canFinish: boolean;
  startedAt?: string;
  createdAt: string;
  finishedAt?: string;
  downloadUrl?: string;
  posterUrl?: string;
  previewUrl?: string;
};

export type Seen = { user: string; byLink: boolean; address: string; at: string; downloaded: boolean };

export const filterKeys = ['status', 'source', 'direction', 'longer', 'held', 'incomplete', 'codec', 'when', 'device', 'peer', 'group', 'operator', 'events'] as const;

/** Of those, what may have several values. */
export const manyKeys = ['status', 'source', 'direction', 'codec', 'device', 'peer', 'group', 'operator'] as const;

/** Whether somebody may finish, change and delete a recording: one's own, and with the right to. */
export const mayChange = (me: Me, recording: Recording) => can(me, 'recordings.edit') || recording.user === me.name;

const isMoving = (recording: Recording | undefined) =>
  recording?.status === 'recording' || recording?.status === 'processing';

// What is under way is looked at again, also where the feed says nothing.
const soon = 3000;

function askedOf(list: ListSearch) {
  const { created_at: from, until: to } = stretchOf(list.filters.when, new Date());
  // Ids are shown, and so typed, in groups.
  const device = valuesOf(list.filters.device).map((id) => id.replaceAll(' ', ''));
  return { text: list.q, sort: list.sort, ...list.asks, when: undefined, device, from, to };
}

/** What the list counts for its filters. */
export const counted = {
  key: ['recordings'],
  keys: ['status', 'source', 'direction', 'codec', 'held', 'incomplete'],
  address: (list: ListSearch) => `/api/recordings/facets${query(askedOf(list))}`,
};

/** What the list asks, for work on all that it shows. */
export const questionOf = (list: ListSearch) => query(askedOf(list)).slice(1);

export type RecordingWork = 'hold' | 'release' | 'delete';

/** Why is for the log; what is deleted leaves nothing else. */
export const startRecordingJob = (body: { action: RecordingWork; reason: string } & Selected) =>
  call<Job>('POST', '/api/recordings/bulk', { body });

/** Where all of the list is as CSV. */
export const recordingsFile = (list: ListSearch) => `${basePath}/api/recordings${query({ ...askedOf(list), format: 'csv' })}`;

export const recordingsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['recordings', 'list', list.question],
    queryFn: ({ signal }) => {
      const asked = { ...askedOf(list), current: list.page, pageSize: list.size };
      return call<PageAsOf<Recording>>('GET', `/api/recordings${query(asked)}`, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.data.some(isMoving) === true ? soon : false),
  });

/** The groups that a list can be narrowed to. */
export const deviceGroupsQuery = queryOptions({
  queryKey: ['groups', 'device', 'names'],
  queryFn: async ({ signal }) =>
    (await call<PageOf<{ guid: string; name: string }>>('GET', '/api/device-groups?current=1&pageSize=100', { signal })).data,
});

export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ['recordings', 'one', id],
    queryFn: ({ signal }) => call<Recording>('GET', `/api/recordings/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (isMoving(state.data) ? soon : false),
  });

export const viewsQuery = (id: string) =>
  queryOptions({
    queryKey: ['recordings', 'views', id],
    queryFn: ({ signal }) => call<PageOf<Seen>>('GET', `/api/recordings/${encodeURIComponent(id)}/views`, { signal }),
  });

/** Something that the logs say of the time that a recording shows. */
export type Happening = {
  atMs: number;
  kind: 'from' | 'to' | 'clipboard' | 'print' | 'opened' | 'ended' | 'alarm';
  text: string;
  count: number;
};

export const eventsQuery = (id: string) =>
  queryOptions({
    queryKey: ['recordings', 'events', id],
    queryFn: ({ signal }) => call<PageOf<Happening>>('GET', `/api/recordings/${encodeURIComponent(id)}/events`, { signal }),
  });

/** How much moves, second by second, 0 to 9; the file does not change, so it is asked once. */
export const activityQuery = (id: string) =>
  queryOptions({
    queryKey: ['activity', id],
    queryFn: async ({ signal }) =>
      (await call<{ levels: number[] }>('GET', `/api/recordings/${encodeURIComponent(id)}/activity`, { signal })).levels,
    staleTime: Infinity,
  });

/** A recording as MP4, which the server makes for browsers that can't play its file. */
export type Copy = {
  status: 'none' | 'waiting' | 'making' | 'ready' | 'failed';
  canMake: boolean;
  ahead?: number;
  progress?: number;
  size?: number;
  reason?: string;
  downloadUrl?: string;
};

export const copyQuery = (id: string) =>
  queryOptions({
    queryKey: ['recordings', 'copy', id],
    queryFn: ({ signal }) => call<Copy>('GET', `/api/recordings/${encodeURIComponent(id)}/copy`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'waiting' || state.data?.status === 'making' ? soon : false),
  });

export const makeCopy = (id: string) => call<Copy>('POST', `/api/recordings/${encodeURIComponent(id)}/copy`);

export type Edit = { title?: string; note?: string; held?: boolean; reason?: string };

export const changeRecording = (id: string, edit: Edit) =>
  call<Recording>('PATCH', `/api/recordings/${encodeURIComponent(id)}`, { body: edit });
export const deleteRecording = (id: string, reason: string) =>
  call('DELETE', `/api/recordings/${encodeURIComponent(id)}${query({ reason })}`);
export const finishRecording = (id: string) => call('POST', `/api/recordings/${encodeURIComponent(id)}/finish`);

/** Where the hash of the file is, as programs that check files read it. */
export const hashAddress = (id: string) => `${basePath}/api/recordings/${encodeURIComponent(id)}/sha256`;

/**
 * A file of a recording for this person: at this server's own address, and by the session instead of the signature that
 * it is told with, so that the audit knows who watched.
 */
export function localAddress(told: string, more: Record<string, string> = {}): string {
  const { pathname } = new URL(told, location.href);
  const path = basePath !== '' && pathname.startsWith(`${basePath}/`) ? pathname : basePath + pathname;
  return path + query(more);
}

export const nameOf = (recording: Recording) => recording.title || recording.recordId;
export const startOf = (recording: Recording) => recording.startedAt ?? recording.createdAt;
