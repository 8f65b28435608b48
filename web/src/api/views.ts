import { queryOptions } from '@tanstack/react-query';
import { call, query } from './client';

/** Filters, order and columns of a list under a name. */
export type View = {
  guid: string;
  page: string;
  name: string;
  query: string;
  columns: string[];
  shared: boolean;
  owner: string;
  editable: boolean;
};

export const viewsQuery = (page: string) =>
  queryOptions({
    queryKey: ['views', page, 'named'],
    queryFn: ({ signal }) => call<View[]>('GET', `/api/views${query({ page })}`, { signal }),
    staleTime: 60_000,
  });

/** The columns that one chose; none: the usual ones. */
export const columnsQuery = (page: string) =>
  queryOptions({
    queryKey: ['views', page, 'columns'],
    queryFn: async ({ signal }) => (await call<{ columns: string[] }>('GET', `/api/views/${page}/columns`, { signal })).columns,
    staleTime: Infinity,
  });

export const keepColumns = (page: string, columns: readonly string[]) =>
  call('PUT', `/api/views/${page}/columns`, { body: { columns } });

export type ViewEdit = Partial<Pick<View, 'page' | 'name' | 'query' | 'columns' | 'shared'>>;

export const addView = (view: ViewEdit) => call<View>('POST', '/api/views', { body: view });
export const changeView = (guid: string, view: ViewEdit) => call<View>('PATCH', `/api/views/${guid}`, { body: view });
export const deleteView = (guid: string) => call('DELETE', `/api/views/${guid}`);
