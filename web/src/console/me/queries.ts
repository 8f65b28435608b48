import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

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

const path = '/api/console/account';

export const securityQuery = queryOptions({
  queryKey: ['me', 'security'],
  queryFn: ({ signal }) => call<{ passkeys: Passkey[]; sessions: Session[] }>('GET', `${path}/security`, { signal }),
});

export const saveProfile = (body: { display_name?: string; email?: string; email_alarms?: boolean }) =>
  call('PATCH', `${path}/profile`, { body });
export const setPassword = (password: string) => call('PUT', `${path}/password`, { body: { password } });
export const offerTotp = () => call<{ offer: string; secret: string; uri: string }>('POST', `${path}/totp/offer`);
export const confirmTotp = (offer: string, code: string) =>
  call<{ recovery_codes: string[] }>('POST', `${path}/totp`, { body: { offer, code } });
export const removeTotp = () => call('DELETE', `${path}/totp`);
export const renewCodes = () => call<{ recovery_codes: string[] }>('POST', `${path}/totp/codes`);
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
