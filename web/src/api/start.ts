import { queryOptions } from '@tanstack/react-query';
import { call } from './client';
import { setUsual, type Usual } from './usual';

/** What is known before anybody signs in. */
export type Start = Usual & {
  server_name: string;
  version: string;
  setup: boolean;
  forgotten: boolean;
  password_length: number;
  /** How people register; empty: not at all. */
  registration: '' | 'mail' | 'password';
  registration_approval: boolean;
  /** Whether passkeys may be used. */
  passkeys: boolean;
  providers: { name: string; icon?: string }[];
};

export const startQuery = queryOptions({
  queryKey: ['start'],
  queryFn: async ({ signal }) => {
    const start = await call<Start>('GET', '/api/console/start', { isOpen: true, signal });
    setUsual(start);
    return start;
  },
});
