import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type Values = Record<string, unknown>;

export const settingQuery = (name: string) =>
  queryOptions({
    queryKey: ['settings', name],
    queryFn: ({ signal }) => call<Values>('GET', `/api/settings/${name}`, { signal }),
  });

export const changeSetting = (name: string, values: Values) =>
  call<Values>('PATCH', `/api/settings/${name}`, { body: values });

export const testMail = (to: string) =>
  call<{ sent: boolean; answer: string }>('POST', '/api/console/setup/mail/test', { body: { to } });
