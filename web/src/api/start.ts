import { queryOptions } from '@tanstack/react-query';
import { call } from './client';

/** What is known before anybody signs in. */
export type Start = {
  server_name: string;
  version: string;
  setup: boolean;
  forgotten: boolean;
  password_length: number;
  providers: { name: string; icon?: string }[];
};

export const startQuery = queryOptions({
  queryKey: ['start'],
  queryFn: ({ signal }) => call<Start>('GET', '/api/console/start', { isOpen: true, signal }),
});
