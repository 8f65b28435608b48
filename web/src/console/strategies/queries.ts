import { queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';

export type Strategy = {
  guid: string;
  name: string;
  note: string;
  enabled: boolean;
  modified_at: number;
  config_options: Record<string, string>;
  device_count: number;
  user_count: number;
  device_group_count: number;
  warnings?: string[];
  version?: string;
};

export type OptionKind = 'yes_no' | 'yes' | 'choice' | 'port' | 'minutes' | 'addresses' | 'host' | 'url' | 'key' | 'text';

export type Option = { key: string; kind: OptionKind; default: string; choices: string[]; since: string; warning: string };

export type Target = { guid: string; name: string; label: string };

export type Targets = { devices: Target[]; users: Target[]; device_groups: Target[] };

export type TargetLists = { peers: string[]; users: string[]; groups: string[] };

export type Preview = {
  devices: number;
  now: number;
  then: number;
  gained: number;
  lost: number;
  gains: string[];
  losses: string[];
  /** What the targets themselves have now. */
  held: { target: string; strategy: string; name: string }[];
};

export type Policy = {
  outcome: 'applies' | 'disabled' | 'none';
  rungs: {
    level: 'device' | 'user' | 'device_group';
    target: string;
    rank?: number;
    strategy: string;
    name: string;
    enabled: boolean;
    modified_at: number;
  }[];
  options: Record<string, string>;
  rollout: boolean;
  too_old: string[];
  delivery: 'delivered' | 'waiting' | 'nothing' | 'unknown';
};

export type Change = {
  name?: string;
  note?: string;
  enabled?: boolean;
  config_options?: Record<string, string>;
  stop_confirmed?: boolean;
  reason?: string;
};

const path = '/api/strategies';

export const strategiesQuery = queryOptions({
  queryKey: ['strategy', 'list'],
  queryFn: ({ signal }) => call<Strategy[]>('GET', path, { signal }),
});

export type Delivery = { guid: string; governs: number; delivered: number; waiting: number; unknown: number; changed_by: string };

/** How far each strategy has come; devices say so with their heartbeats. */
export const deliveryQuery = queryOptions({
  queryKey: ['strategy', 'delivery'],
  queryFn: ({ signal }) => call<Delivery[]>('GET', `${path}/delivery`, { signal }),
  refetchInterval: 15_000,
});

export const readStrategy = (guid: string, signal?: AbortSignal) => call<Strategy>('GET', `${path}/${guid}`, { signal });

export const strategyQuery = (guid: string) =>
  queryOptions({
    queryKey: ['strategy', 'one', guid],
    queryFn: ({ signal }) => readStrategy(guid, signal),
  });

export const optionsQuery = queryOptions({
  queryKey: ['strategy', 'options'],
  queryFn: ({ signal }) => call<Option[]>('GET', `${path}/options`, { signal }),
  staleTime: Infinity,
});

export const targetsQuery = (guid: string) =>
  queryOptions({
    queryKey: ['strategy', 'targets', guid],
    queryFn: ({ signal }) => call<Targets>('GET', `${path}/${guid}/targets`, { signal }),
  });

export const previewQuery = (
  asked: (Partial<TargetLists> & { strategy: string; remove?: boolean; enabled?: boolean }) | null,
) =>
  queryOptions({
    queryKey: ['strategy', 'preview', asked],
    queryFn: ({ signal }) => call<Preview>('POST', `${path}/preview`, { body: asked, signal }),
    enabled: asked !== null,
    retry: false,
  });

export type DraftEffect = {
  devices: number;
  governed: number;
  shadowed_count: number;
  too_old_count: number;
  options: { key: string; before: string | null; after: string | null }[];
  too_old: { id: string; name: string; version: string; keys: string[] }[];
  shadowed: { id: string; name: string; strategy: string; strategy_name: string; level: 'device' | 'user' | 'device_group'; target: string }[];
};

/** What options that are not stored would do on a device, on a group's devices, or on all. */
export const draftQuery = (strategy: string, asked: { config_options: Record<string, string>; peer?: string; group?: string }) =>
  queryOptions({
    queryKey: ['strategy', 'draft', strategy, asked],
    queryFn: ({ signal }) => call<DraftEffect>('POST', `${path}/${strategy}/draft`, { body: asked, signal }),
    retry: false,
  });

export const policyQuery = (guid: string) =>
  queryOptions({
    queryKey: ['strategy', 'policy', guid],
    queryFn: ({ signal }) => call<Policy>('GET', `/api/devices/${guid}/policy`, { signal }),
    enabled: guid !== '',
  });

export const deviceOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['devices', 'of', id],
    queryFn: async ({ signal }) => {
      type Row = { guid: string; id: string; user_name: string; info: { device_name: string } };
      const found = await call<PageOf<Row>>('GET', `/api/devices${query({ id, pageSize: 1 })}`, { signal });
      return found.data[0] ?? null;
    },
  });

/** A device group's guid by its name; empty: there is none. */
export const groupOfQuery = (name: string) =>
  queryOptions({ queryKey: ['device-groups', 'of', name], queryFn: () => groupsNamed(name) });

/** The own address, as the server sees it. */
export const ownAddressQuery = queryOptions({
  queryKey: ['me', 'address'],
  queryFn: async ({ signal }) => {
    type Session = { current: boolean; address: string };
    const { sessions } = await call<{ sessions: Session[] }>('GET', '/api/console/account/security', { signal });
    return sessions.find((s) => s.current)?.address ?? '';
  },
});

export const groupsNamed = (name: string) => guidOf('device-groups', name);
export const usersNamed = (name: string) => guidOf('users', name);

async function guidOf(kind: 'device-groups' | 'users', name: string): Promise<string> {
  const found = await call<PageOf<{ guid: string; name: string }>>('GET', `/api/${kind}${query({ name, pageSize: 1 })}`);
  return found.data[0]?.guid ?? '';
}

export const addStrategy = (strategy: Change) => call<Strategy>('POST', path, { body: strategy });
export const changeStrategy = (guid: string, change: Change, version?: string) =>
  call<Strategy>('PATCH', `${path}/${guid}`, { body: change, version });
export const deleteStrategy = (guid: string) => call('DELETE', `${path}/${guid}`);
export const assignStrategy = (strategy: string | null, targets: TargetLists) =>
  call('POST', `${path}/assign`, { body: { ...(strategy === null ? {} : { strategy }), ...targets } });
