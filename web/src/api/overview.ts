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
};

export type Overview = {
  devices: number;
  online: number;
  live_sessions: number;
  users: number | null;
  latest: LatestSession[];
  attention: { part: string; state: string }[];
};

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => call<Overview>('GET', '/api/console/overview', { signal }),
});
