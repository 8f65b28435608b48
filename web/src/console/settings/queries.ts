import { queryOptions } from '@tanstack/react-query';
import { call, query } from '../../api/client';

export type Values = Record<string, unknown>;

export const settingQuery = (name: string) =>
  queryOptions({
    queryKey: ['settings', name],
    queryFn: ({ signal }) => readSetting(name, signal),
  });

/** A setting with its version. */
export type Stored = { values: Values; version: string | undefined };

export async function readSetting(name: string, signal?: AbortSignal): Promise<Stored> {
  let version: string | undefined;
  const values = await call<Values>('GET', `/api/settings/${name}`, { signal, onVersion: (told) => (version = told) });
  return { values, version };
}

export async function changeSetting(name: string, values: Values, version: string | undefined, reason = ''): Promise<Stored> {
  let after: string | undefined;
  const stored = await call<Values>('PATCH', `/api/settings/${name}${query({ reason })}`, { body: values, version, onVersion: (told) => (after = told) });
  return { values: stored, version: after };
}

/** What a setting is before anybody changed it; that is the same for as long as the server runs. */
export const usualQuery = (name: string) =>
  queryOptions({
    queryKey: ['usual', name],
    queryFn: ({ signal }) => call<Values>('GET', `/api/settings/${name}/defaults`, { signal }),
    staleTime: Infinity,
  });

/** A member that the server was started with; it is changed where it was written. */
export type Origin = { member: string; source: 'file' | 'environment' | 'command_line'; origin: string };

export const originsQuery = (name: string) =>
  queryOptions({
    queryKey: ['origins', name],
    queryFn: ({ signal }) => call<Origin[]>('GET', `/api/settings/${name}/origins`, { signal }),
    staleTime: Infinity,
  });

/** The one that a member, or something within it, comes from. */
export const pinOf = (origins: readonly Origin[] | undefined, member: string) =>
  origins?.find((o) => o.member === member || member.startsWith(`${o.member}.`) || o.member.startsWith(`${member}.`));

/** A line of what this server and the mail server said to each other. */
export type MailTurn = { by: 'client' | 'server' | 'note'; text: string };

export const testMail = (to: string) =>
  call<{ sent: boolean; answer: string; dialogue: MailTurn[] }>('POST', '/api/mail/test', { body: { to } });

export type RetentionPlan = { total: number; kinds: { kind: string; rows: number }[] };

export const previewRetention = (values: Values) => call<RetentionPlan>('POST', '/api/retention/preview', { body: values });

export type DirectoryReply = {
  ok: boolean;
  steps: { name: string; ok: boolean; detail: string; ms: number }[];
  person?: { dn: string; login: string; display_name: string; email: string; is_disabled: boolean; groups: string[] } | null;
};

/** A password that nobody typed stays the one that is stored. */
const typedOnly = ({ bindPassword, ...values }: Values): Values => (bindPassword === '' ? values : { ...values, bindPassword });

export type DirectoryPlan = {
  ok: boolean;
  complaint: string;
  read: number;
  refused: number;
  created: number;
  linked: number;
  left: number;
  disabled: number;
  created_names: string[];
  disabled_names: string[];
};

export const previewDirectory = (values: Values) =>
  call<DirectoryPlan>('POST', '/api/directory/preview', { body: { settings: typedOnly(values) } });

export const testDirectory = (values: Values, login: string, password: string) =>
  call<DirectoryReply>('POST', '/api/directory/test', {
    body: {
      settings: typedOnly(values),
      ...(login === '' ? {} : { login }),
      ...(password === '' ? {} : { password }),
    },
  });

/** How many people use what to sign in. */
export const factorsQuery = queryOptions({
  queryKey: ['user', 'factors'],
  queryFn: ({ signal }) =>
    call<{ authenticator: number; email: number; sms: number; passkey: number }>('GET', '/api/users/factors', { signal }),
});
