import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';
import type { TokenArea, TokenWish } from '../../entities/TokenForm';

export type Passkey = { id: string; name: string; created_at: string; last_used_at: string | null };

export type Session = {
  guid: string;
  kind: 'console' | 'client';
  device: string;
  system: string;
  address: string;
  created_at: string;
  last_used_at: string | null;
  current: boolean;
};

export type Trusted = { guid: string; kind: 'console' | 'client'; device: string; system: string; created_at: string; expires_at: string };

const path = '/api/console/account';

export const securityQuery = queryOptions({
  queryKey: ['me', 'security'],
  queryFn: ({ signal }) => call<{ passkeys: Passkey[]; sessions: Session[]; trusted: Trusted[] }>('GET', `${path}/security`, { signal }),
});

export const saveProfile = (body: { display_name?: string; email?: string; email_alarms?: boolean }) =>
  call('PATCH', `${path}/profile`, { body });
export const setPassword = (password: string) => call('PUT', `${path}/password`, { body: { password } });
export const offerTotp = () => call<{ offer: string; secret: string; uri: string }>('POST', `${path}/totp/offer`);
export const confirmTotp = (offer: string, code: string) =>
  call<{ recovery_codes: string[] }>('POST', `${path}/totp`, { body: { offer, code } });
export const removeTotp = (code: string) => call('DELETE', `${path}/totp`, { body: { code } });
export const askMailbox = () => call<{ handle: string; address: string }>('POST', `${path}/email-codes/question`);
export const setEmailCodes = (body: { on: boolean; handle: string; code: string }) => call('PUT', `${path}/email-codes`, { body });
export const distrust = (guid: string) => call('DELETE', `${path}/trusted/${guid}`);
export const savePicture = (blob: Blob) => call('POST', '/api/avatar', { blob });
export const removePicture = () => call('DELETE', '/api/avatar');
export const renewCodes = () => call<{ recovery_codes: string[] }>('POST', `${path}/totp/codes`);
export const renamePasskey = (id: string, name: string) => call('PATCH', `${path}/passkeys/${id}`, { body: { name: name.trim() } });
export const removePasskey = (id: string) => call('DELETE', `${path}/passkeys/${id}`);
export const endSession = (guid: string) => call('DELETE', `${path}/sessions/${guid}`);
export const endOthers = () => call('POST', `${path}/sessions/end-others`);

/** Asks the browser for a new passkey and keeps it. */
export async function addPasskey(name: string): Promise<unknown> {
  const question = await call<{ state: string; options: PublicKeyCredentialCreationOptionsJSON }>(
    'POST',
    `${path}/passkeys/question`,
  );
  const credential = await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question.options),
  });
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('nothing made', 'NotAllowedError');
  return call('POST', `${path}/passkeys`, {
    body: { state: question.state, credential: credential.toJSON() as unknown, name },
  });
}

export type OwnToken = {
  guid: string;
  name: string;
  scopes: string;
  allowed_from: string;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  last_address: string;
};

export type OwnScope = TokenArea;

export const ownTokensQuery = queryOptions({
  queryKey: ['me', 'tokens'],
  queryFn: ({ signal }) =>
    call<{ may_make: boolean; most_days: number; scopes: OwnScope[]; data: OwnToken[] }>('GET', `${path}/tokens`, { signal }),
});

export const makeOwnToken = (body: TokenWish) =>
  call<{ guid: string; token: string }>('POST', `${path}/tokens`, { body });
export const endOwnToken = (guid: string) => call('DELETE', `${path}/tokens/${guid}`);

export type OwnKind = { kind: string; rows: number; days: number; closed: boolean };

export const ownDataQuery = queryOptions({
  queryKey: ['me', 'data'],
  queryFn: ({ signal }) => call<{ kinds: OwnKind[]; administrators: number; staff: number }>('GET', `${path}/data`, { signal }),
});

/** Asks for a fresh proof where it is needed; the browser itself then fetches the file. */
export const ownDataFile = `${path}/data/file`;

export const readyOwnData = () => call('POST', `${path}/data/ready`);
