import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

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
