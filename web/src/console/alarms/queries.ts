import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import type { ListSearch } from '../../ui/DataTable/listSearch';

export type AlarmState = 'new' | 'seen' | 'resolved';

export type Alarm = {
  guid: string;
  device: string;
  typ: number;
  created_at: number;
  info: { ip?: string; name?: string; id?: string; subject?: string };
  state: AlarmState;
  severity: 'info' | 'warning' | 'critical';
  handled_by: string;
  handled_at: number | null;
  assigned_to: string;
  note: string;
  /** With its repeats, where they are shown as one. */
  count?: number;
  first_at?: number;
};

type AlarmGroup = { newest: Alarm; count: number; first_at: number };

export type Mute = {
  guid: string;
  typ: number;
  device: string;
  source: string;
  until: number | null;
  created_by: string;
  created_at: number;
};

export type DeviceWatch = { device_group: string; disabled: boolean; minutes: number };

export type Watch = {
  new_administrator: boolean;
  new_place: boolean;
  relay_down: boolean;
  certificate_expires: boolean;
  backup_failed: boolean;
  rollout_stopped: boolean;
  identity_conflict: boolean;
  disk_free_percent: number;
  devices: DeviceWatch[];
};

/** What the inbox can be narrowed by. */
export const filterKeys: readonly string[] = ['state', 'typ', 'each'];

const asked = (list: ListSearch) => ({ device: list.q, state: list.filters.state, typ: list.filters.typ });

/** Whether repeats are shown as one. */
export const isGrouped = (list: ListSearch) => list.filters.each !== '1';

async function readAlarms(list: ListSearch, signal: AbortSignal): Promise<PageOf<Alarm>> {
  const which = query({ ...asked(list), current: list.page, pageSize: list.size });
  if (!isGrouped(list)) return call<PageOf<Alarm>>('GET', `/api/audits/alarm${which}`, { signal });
  const { total, data } = await call<PageOf<AlarmGroup>>('GET', `/api/alarms/groups${which}`, { signal });
  return { total, data: data.map(({ newest, count, first_at }) => ({ ...newest, count, first_at })) };
}

export const alarmsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['alarms', list.question],
    queryFn: ({ signal }) => readAlarms(list, signal),
    placeholderData: keepPreviousData,
  });

export const changeAlarm = (guid: string, change: { state?: AlarmState; note?: string; assigned_to?: string }) =>
  call<Alarm>('PATCH', `/api/alarms/${guid}`, { body: change });

/** Those named, with their repeats where these are shown as one; or all that the list's question finds. */
export const changeAlarms = (state: AlarmState, guids: readonly string[] | null, list: ListSearch) =>
  call<{ changed: number }>('POST', `/api/alarms/state${guids === null ? query(asked(list)) : ''}`, {
    body: guids === null ? { state } : { state, guids, repeats: isGrouped(list) },
  });

/** One, with the repeats that it stands for. */
export const setAlarm = ({ guid, count }: Alarm, state: AlarmState, note?: string) =>
  call<{ changed: number }>('POST', '/api/alarms/state', {
    body: { state, guids: [guid], repeats: count !== undefined, ...(note === undefined ? {} : { note }) },
  });

export const muteAlarm = (guid: string, hours: number | null, isAnySource: boolean) =>
  call<Mute>('POST', `/api/alarms/${guid}/mute`, { body: { any_source: isAnySource, ...(hours === null ? {} : { hours }) } });

export const mutesQuery = queryOptions({
  queryKey: ['alarms', 'mutes'],
  queryFn: ({ signal }) => call<Mute[]>('GET', '/api/alarms/mutes', { signal }),
});

export const unmute = (guid: string) => call('DELETE', `/api/alarms/mutes/${guid}`);

type Blocked = { addresses: string[] };

/** From where nobody is introduced to a device or signs in. */
export const blockedQuery = queryOptions({
  queryKey: ['alarms', 'blocked'],
  queryFn: ({ signal }) => call<Blocked>('GET', '/api/access/blocked', { signal }),
});

export const blockSource = (address: string) => call<Blocked>('POST', '/api/access/blocked', { body: { addresses: [address] } });
export const unblockSource = (address: string) => call<Blocked>('POST', '/api/access/blocked/remove', { body: { addresses: [address] } });

export type QuietRule = { types: number[]; from: string; until: string; time_zone: string };

export const quietQuery = queryOptions({
  queryKey: ['settings', 'quiet'],
  queryFn: ({ signal }) => call<{ rules: QuietRule[] }>('GET', '/api/settings/quiet', { signal }),
});

export const changeQuiet = (rules: readonly QuietRule[]) => call<{ rules: QuietRule[] }>('PATCH', '/api/settings/quiet', { body: { rules } });

export const testAlarm = (typ: number) =>
  call<{ channel: string; kind: string; ok: boolean; detail: string; took: number }[]>('POST', '/api/notifications/test', { body: { typ } });

export const watchQuery = queryOptions({
  queryKey: ['settings', 'watch'],
  queryFn: ({ signal }) => call<Watch>('GET', '/api/settings/watch', { signal }),
});

export const changeWatch = (change: Partial<Watch>) => call<Watch>('PATCH', '/api/settings/watch', { body: change });
