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
  call<{ sent: boolean; answer: string }>('POST', '/api/mail/test', { body: { to } });

export type RetentionPlan = { total: number; kinds: { kind: string; rows: number }[] };

export const previewRetention = (values: Values) => call<RetentionPlan>('POST', '/api/retention/preview', { body: values });

export type DirectoryReply = {
  ok: boolean;
  steps: { name: string; ok: boolean; detail: string; ms: number }[];
  person?: { dn: string; login: string; display_name: string; email: string; is_disabled: boolean; groups: string[] } | null;
};

/** A password that nobody typed stays the one that is stored. */
export const testDirectory = ({ bindPassword, ...values }: Values, login: string, password: string) =>
  call<DirectoryReply>('POST', '/api/directory/test', {
    body: {
      settings: bindPassword === '' ? values : { ...values, bindPassword },
      ...(login === '' ? {} : { login }),
      ...(password === '' ? {} : { password }),
    },
  });
