import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import { listQuery, type PageAsOf, type PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type Device = {
  guid: string;
  id: string;
  status: 0 | 1;
  is_online: boolean;
  online_by: '' | 'id_server' | 'api' | 'both';
  has_conflict: boolean;
  last_online: string;
  created_at: number;
  user_name: string;
  group_name: string;
  device_group_name: string;
  strategy_name: string;
  note: string;
  /** What it calls itself, whatever people call it. */
  host_name: string;
  device_groups: string[];
  /** The strategy that is in effect; empty: none. */
  effective_strategy: string;
  decided_by: '' | 'device' | 'user' | 'device_group';
  /** The one that decides and is disabled. */
  disabled_strategy: string;
  books: { guid: string; name: string }[];
  sessions: number;
  identity_notes: IdentityNote[];
  former_id: string;
  info: {
    device_name: string;
    username: string;
    os: string;
    cpu: string;
    memory: string;
    version: string;
    ip: string;
  };
  version?: string;
};

/** What is odd about who a device is. */
export type IdentityNote = 'conflict' | 'sysinfo' | 'api' | 'renamed';

export const devicesQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['devices', 'list', list.question],
    queryFn: ({ signal }) => call<PageAsOf<Device>>('GET', `/api/devices${listQuery(list)}`, { signal }),
    placeholderData: keepPreviousData,
    // Nobody says that a device reports no more: that is when nothing came for a minute.
    refetchInterval: 10_000,
  });

type Facet = { value: string; count: number };

export type Facets = {
  total: number;
  online: number;
  enabled: number;
  disabled: number;
  platforms: Facet[];
  versions: Facet[];
  device_groups: Facet[];
  strategies: Facet[];
  effective_strategies: Facet[];
};

/** How many devices have what, of those that are asked for. */
export const facetsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['devices', 'facets', list.q, list.filters],
    queryFn: ({ signal }) => call<Facets>('GET', `/api/devices/facets${query({ q: list.q, ...list.asks })}`, { signal }),
    placeholderData: keepPreviousData,
    // Counts help to choose; they need not be those of this second.
    staleTime: 10_000,
  });

export const deviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['devices', 'one', id],
    queryFn: async ({ signal }) => {
      const found = await call<PageOf<Device>>('GET', `/api/devices?id=${encodeURIComponent(id)}&pageSize=1`, { signal });
      return found.data[0] ?? null;
    },
    refetchInterval: 10_000,
  });

export type Signal = { is_on: boolean; at?: number | null; address: string; transport: string };

/** By which ways a device is heard of. */
export type Signals = {
  id_server: Signal;
  relay: Signal;
  heartbeat: Signal;
  sysinfo: Signal;
  refresh_asked_at?: number | null;
  /** Another machine described itself under this ID. */
  sysinfo_refused_at?: number | null;
  key_fingerprint: string;
  former_ids: { id: string; until: number }[];
  conflicts: Conflict[];
};

/** Another machine that claims the ID of a device. */
export type Conflict = {
  guid: string;
  device_name: string;
  address: string;
  first_seen: number;
  last_seen: number;
  key_fingerprint: string;
};

export const keepApart = (device: string, claim: string) => call('POST', `/api/devices/${device}/conflicts/${claim}/keep`);
export const adopt = (device: string, claim: string) => call('POST', `/api/devices/${device}/conflicts/${claim}/adopt`);

export const signalsQuery = (guid: string) =>
  queryOptions({
    queryKey: ['devices', 'signals', guid],
    queryFn: ({ signal }) => call<Signals>('GET', `/api/devices/${guid}/signals`, { signal }),
    // Somebody waits for the answer; else as often as lists of devices.
    refetchInterval: ({ state }) => ((state.data?.refresh_asked_at ?? null) === null ? 10_000 : 1500),
  });

export const refreshDevice = (guid: string) => call('POST', `/api/devices/${guid}/refresh`);

export type Assignment = 'device_name' | 'user_name' | 'device_group_name' | 'device_group_add' | 'device_group_remove' | 'note' | 'strategy_name' | 'ab';

export const setEnabled = (guid: string, isEnabled: boolean) =>
  call('POST', `/api/devices/${guid}/${isEnabled ? 'enable' : 'disable'}`);
export const assign = (guid: string, type: Assignment, value: string) =>
  call('POST', `/api/devices/${guid}/assign`, { body: { type, value } });
/** What is changed of a device at once; a group takes the place of all that it was in. */
export type DeviceChange = Partial<Record<'device_name' | 'user_name' | 'device_group_name' | 'note', string>>;

export function changeDevice(guid: string, { device_group_name: group, ...change }: DeviceChange, version?: string) {
  const groups = group === undefined ? {} : { device_groups: group === '' ? [] : [group] };
  return call('PATCH', `/api/devices/${guid}`, { body: { ...change, ...groups }, version });
}

export const readDevice = async (guid: string) => (await call<{ device: Device }>('GET', `/api/devices/${guid}`)).device;

export const deleteDevice = (guid: string) => call('DELETE', `/api/devices/${guid}`);

export const nameOf = (device: Device) => (device.info.device_name === '' ? device.id : device.info.device_name);

/** The server says UTC without a mark. */
export const lastSeen = (device: Device) => `${device.last_online.replace(/\..*$/, '')}Z`;
