import { call, query } from './client';
import type { PageOf } from './lists';

/** A connection as the audit tells it. */
export type Connection = {
  guid: string;
  remote: string;
  local: string;
  local_user: string;
  conn_type?: number;
  created_at: number;
  end_time: number | null;
  info: { ip: string; name: string };
  note: string;
  primary_auth: number;
  two_factor: number;
  device_id: string;
  user_guid?: string;
  /** Which way it took, where this server introduced both ends. */
  path: 'direct' | 'relayed' | 'unknown';
  /** The relay; missing: none, or that of the ID server itself. */
  relay?: string;
  /** What it moves now; missing: not known. */
  bytes_per_second?: number;
  /** Its recording, where there is one to watch. */
  recording?: string;
};

export const readConnections = (asked: Parameters<typeof query>[0], signal?: AbortSignal) =>
  call<PageOf<Connection>>('GET', `/api/audits/conn${query(asked)}`, { signal });

export const disconnect = (guid: string, reason = '') =>
  call('POST', `/api/audits/conn/${guid}/disconnect${query({ reason })}`);

/** Of a session of one's own. */
export const noteSession = (guid: string, note: string) => call('PUT', '/api/audit', { body: { guid, note: note.trim() } });
