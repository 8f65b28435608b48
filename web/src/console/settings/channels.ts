import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type Kind = 'email' | 'webhook' | 'slack';
export const kinds: readonly Kind[] = ['email', 'webhook', 'slack'];

export const digests = ['', 'hour', 'day'] as const;

/** What web hooks are told besides alarms. */
export const happenings = ['device.new', 'session.begun', 'session.ended', 'user.created', 'recording.ready'] as const;

/** Which alarms are told, and when. */
export type When = {
  types: number[];
  digest: (typeof digests)[number];
  digest_at: string;
  quiet_from: string;
  quiet_until: string;
  time_zone: string;
  critical_at_once: boolean;
};

export type Channel = When & {
  guid: string;
  name: string;
  kind: Kind;
  enabled: boolean;
  events: string[];
  recipients: string[];
  host: string;
  /** The names of its own headers; values are not told. */
  headers: string[];
  allow_private: boolean;
  last_sent_at?: number;
  quiet_now: boolean;
  held: number;
  waiting: number;
  failed: number;
  secret?: string;
};

export type ChannelChange = Partial<When> & {
  name?: string;
  kind?: Kind;
  enabled?: boolean;
  events?: string[];
  recipients?: string[];
  url?: string;
  headers?: Record<string, string>;
  allow_private?: boolean;
};

const path = '/api/notifications/channels';

export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: ({ signal }) => call<Channel[]>('GET', path, { signal }),
});

export const addChannel = (channel: ChannelChange) => call<Channel>('POST', path, { body: channel });
export const changeChannel = (guid: string, change: ChannelChange) => call<Channel>('PATCH', `${path}/${guid}`, { body: change });
export const deleteChannel = (guid: string) => call('DELETE', `${path}/${guid}`);
export const testChannel = (guid: string) =>
  call<{ ok: boolean; detail: string; took: number }>('POST', `${path}/${guid}/test`);
