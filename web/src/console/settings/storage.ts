import { queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';

export type Space = {
  is_folder: boolean;
  place: string;
  free: number;
  size: number;
  used: number;
  count: number;
  quota: number;
  keep_free: number;
  takes_more: boolean;
};

export type StorageTrial = { ok: boolean; steps: { name: 'create' | 'write' | 'read' | 'delete'; ok: boolean; detail: string; ms: number }[] };

export const storageQuery = queryOptions({
  queryKey: ['storage'],
  queryFn: ({ signal }) => call<Space>('GET', '/api/console/storage', { signal }),
  retry: false,
});

export const tryStorage = () => call<StorageTrial>('POST', '/api/console/storage/test');

type Group = { guid: string; name: string };

/** Groups of devices with a text in their names. */
export const groupsQuery = (text: string) =>
  queryOptions({
    queryKey: ['device-groups', 'to-keep', text],
    queryFn: async ({ signal }) =>
      (await call<PageOf<Group>>('GET', `/api/device-groups${query({ name: text === '' ? '' : `%${text}%`, pageSize: 50 })}`, { signal })).data,
  });

export const groupQuery = (guid: string) =>
  queryOptions({
    queryKey: ['device-groups', 'one', guid],
    queryFn: ({ signal }) => call<Group>('GET', `/api/device-groups/${guid}`, { signal }),
    retry: false,
  });

/** What groups of devices may have days of their own for. */
export const groupKinds = ['connection_days', 'file_days', 'alarm_days', 'recording_days'] as const;

/** The days of a group's devices; null: as for all. */
export type GroupDays = { group: string } & Record<(typeof groupKinds)[number], number | null>;

const isRow = (value: unknown): value is GroupDays => typeof value === 'object' && value !== null && 'group' in value;

export const groupDaysOf = (value: unknown): readonly GroupDays[] => (Array.isArray(value) ? value.filter(isRow) : []);

const keepsLess = (before: unknown, after: unknown) =>
  typeof before === 'number' && typeof after === 'number' && after > 0 && (before === 0 || after < before);

/** Whether something may be removed earlier than before: fewer days, or other groups. */
export const isShorter = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  Object.keys(after).some((key) => keepsLess(before[key], after[key])) || JSON.stringify(before['groups']) !== JSON.stringify(after['groups']);
