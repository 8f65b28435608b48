import { queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { readConnections } from '../../api/sessions';

export type Target = {
  guid: string;
  id: string;
  status: 0 | 1;
  is_online: boolean;
  last_online: string;
  user_name: string;
  info: { device_name: string; os: string };
};

export const targetQuery = (id: string) =>
  queryOptions({
    queryKey: ['devices', 'remote', id],
    queryFn: async ({ signal }) => {
      const found = await call<PageOf<Target>>('GET', `/api/devices${query({ id, pageSize: 1 })}`, { signal });
      return found.data[0] ?? null;
    },
  });

/** The latest sessions on a device; those that go on have no end. */
export const latestQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', 'remote', id],
    queryFn: ({ signal }) => readConnections({ remote: id, pageSize: 5 }, signal),
  });
