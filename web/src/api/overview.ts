import { queryOptions } from '@tanstack/react-query';
import { call } from './client';

export type LatestSession = {
  guid: string;
  device_id: string;
  user_name: string;
  peer_name: string;
  address: string;
  type: number | null;
  created_at: string;
  ended_at: string | null;
  note: string;
  is_mine: boolean;
};

export type AttentionItem = { part: string; state: string; about: string; id: string };

export type HomeDevice = {
  guid: string;
  id: string;
  name: string;
  is_online: boolean;
  enabled: boolean;
  last_by?: string | null;
  last_at?: string | null;
};

export type Overview = {
  devices: number;
  online: number;
  live_sessions: number;
  users: number | null;
  latest: LatestSession[];
  /** Null: the person administers nothing. */
  attention: AttentionItem[] | null;
  recent: HomeDevice[];
  favourites: HomeDevice[];
  mine?: { total: number; devices: HomeDevice[] } | null;
  fleet: { direct: number; relayed: number; recordings: number } | null;
};

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => call<Overview>('GET', '/api/console/overview', { signal }),
  // A hint tells of most of it; a disk fills without one.
  refetchInterval: 60_000,
});
