import { queryOptions } from '@tanstack/react-query';
import { call } from './client';

export type KeyFacts = { public_key: string; fingerprint: string; source: string; next_key: string };

export type Certificate = {
  subject: string;
  issuer: string;
  names: string[];
  not_before: string;
  not_after: string;
  thumbprint: string;
  state: string;
  file: string;
};

export type PortFinding = {
  address: string;
  name: string;
  transport: string;
  port: number;
  needed: boolean;
  state: string;
  detail: string;
  hint: string;
  milliseconds: number;
};

/** By which way this browser's requests come. */
export type Arrival = {
  forwarded: boolean;
  believed: boolean;
  sender: string;
  client: string;
  secure: boolean;
  of_options: string[];
};

type Address = { key?: KeyFacts | null; certificate?: Certificate | null; arrival?: Arrival | null };

export const addressQuery = queryOptions({
  queryKey: ['settings', 'address'],
  queryFn: ({ signal }) => call<Address>('GET', '/api/console/address', { signal }),
});

export const testPorts = () => call<PortFinding[]>('POST', '/api/console/address/ports');

export const replaceKey = (publicKey: string, reason: string) =>
  call<{ next_key: string; kept_as: string }>('POST', '/api/console/address/key', { body: { public_key: publicKey, reason } });
