import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type GroupMapping = { from: string; to: string };

export type Provider = {
  name: string;
  preset?: string;
  enabled: boolean;
  type?: string;
  issuer?: string;
  clientId: string;
  clientSecret: string;
  scopes?: string;
  /** The source of an SVG picture. */
  icon?: string | null;
  authorizeUrl?: string;
  tokenUrl?: string;
  userUrl?: string;
  groupClaim?: string;
  groups: GroupMapping[];
  adminGroups: string[];
  adminRoles: GroupMapping[];
  allowedGroups: string[];
  allowedDomains: string[];
  createUsers: boolean;
  linkByEmail: boolean;
  trustEmail: boolean;
  hasSecondFactor: boolean;
};

/** Those whose addresses the server knows by itself. */
export const presets = ['google', 'microsoft', 'azure', 'github', 'gitlab', 'okta', 'auth0', 'apple', 'facebook'] as const;

export const providersQuery = queryOptions({
  queryKey: ['settings', 'providers'],
  queryFn: ({ signal }) => call<Provider[]>('GET', '/api/oidc/providers', { signal }),
});

const pathOf = (name: string) => `/api/oidc/providers/${encodeURIComponent(name)}`;

export const addProvider = (provider: Partial<Provider>) => call('POST', '/api/oidc/providers', { body: provider });
export const changeProvider = (name: string, change: Partial<Provider>) =>
  call('PATCH', pathOf(name), { body: change });
export const deleteProvider = (name: string) => call('DELETE', pathOf(name));

/** By whose groups admin roles are held, and by how many people. */
export const roleSourcesQuery = queryOptions({
  queryKey: ['settings', 'role-sources'],
  queryFn: ({ signal }) => call<{ source: string; people: number }[]>('GET', '/api/admin-roles/sources', { signal }),
});

export const originOf = (name: string) => `oidc/${name}`;

/** What a provider publishes about itself. */
export type ProviderReply = { ok: boolean; complaint: string; published: boolean; issuer: string; authorize: string; token: string; user: string; keys: number };

export const testProvider = (name: string) => call<ProviderReply>('POST', `${pathOf(name)}/test`);
export const tryProvider = (name: string) => call<{ url: string }>('POST', `${pathOf(name)}/try`);
