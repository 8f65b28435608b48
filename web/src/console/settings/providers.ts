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
  authorizeUrl?: string;
  tokenUrl?: string;
  userUrl?: string;
  groupClaim?: string;
  groups: GroupMapping[];
  adminGroups: string[];
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

export const addProvider = (provider: Partial<Provider>) => call('POST', '/api/oidc/providers', { body: provider });
export const changeProvider = (name: string, change: Partial<Provider>) =>
  call('PATCH', `/api/oidc/providers/${encodeURIComponent(name)}`, { body: change });
export const deleteProvider = (name: string) => call('DELETE', `/api/oidc/providers/${encodeURIComponent(name)}`);
