import { queryOptions } from '@tanstack/react-query';
import { call } from './client';

export type Relay = {
  address: string;
  name: string;
  state: string;
  source: 'options' | 'settings' | 'announced';
  enabled: boolean;
  pairs: number;
  bytes_per_second: number;
  latencies: (number | null)[];
};

export type Limits = { single?: number | null; total?: number | null; slowed?: number | null };

export type OwnRelay = { runs: boolean; healthy: boolean; pairs: number; bytes_per_second: number; limits: Limits; set: Limits };

export type RelayTrial = { ok: boolean; connect_ms?: number | null; complaint: string; key: 'matches' | 'refused' | 'none_asked' | 'unknown' };

export type RelayChoice = { relay: string; reason: string; candidates: string[] };

// Probes tell nobody when they come back.
const often = 5000;

export const relaysQuery = queryOptions({
  queryKey: ['relays'],
  queryFn: ({ signal }) => call<Relay[]>('GET', '/api/relays', { signal }),
  refetchInterval: often,
});

export const ownRelayQuery = queryOptions({
  queryKey: ['relays', 'own'],
  queryFn: ({ signal }) => call<OwnRelay>('GET', '/api/relays/own', { signal }),
  refetchInterval: often,
});

const pathOf = (address: string) => `/api/relays/${encodeURIComponent(address)}`;

export const switchRelay = (relay: Relay) => call('PATCH', pathOf(relay.address), { body: { enabled: !relay.enabled } });
export const removeRelay = (relay: Relay) => call('DELETE', pathOf(relay.address));
export const tryRelay = (relay: Relay) => call<RelayTrial>('POST', `${pathOf(relay.address)}/test`);
export const limitRelay = (limits: Limits) => call<OwnRelay>('PUT', '/api/relays/own/limits', { body: limits });
export const askForRelay = (address: string) => call<RelayChoice>('GET', `/api/relays/choice?address=${encodeURIComponent(address)}`);
