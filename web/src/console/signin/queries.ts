import { call } from '../../api/client';

/** A way of the second step. */
export type Way = 'totp' | 'recovery' | 'email' | 'sms' | 'passkey';

export type Step = {
  step: 'done' | 'totp' | 'email' | 'sms' | 'enrolment' | 'choice';
  handle?: string;
  hint?: string;
  /** Which the account has. */
  ways?: Way[];
  /** For how long this browser can be remembered, where it can be. */
  remember_days?: number;
  recovery_codes?: string[];
};

export type TotpQuestion = { offer: string; secret: string; uri: string };

type PasskeyQuestion = { state: string; options: PublicKeyCredentialRequestOptionsJSON };

const open = { isOpen: true } as const;

export const signIn = (name: string, password: string) =>
  call<Step>('POST', '/api/console/sign-in', { ...open, body: { name, password } });

export const sendCode = (handle: string, code: string, remember: boolean) =>
  call<Step>('POST', '/api/console/sign-in/code', { ...open, body: { handle, code, remember } });

export const sendAnother = (handle: string, way: Way) =>
  call<Step>('POST', '/api/console/sign-in/another', { ...open, body: { handle, way } });

export const forgotten = (name: string) =>
  call<object>('POST', '/api/console/sign-in/forgotten', { ...open, body: { name } });

export const register = (wish: { name: string; email: string; password: string }) =>
  call<object>('POST', '/api/console/sign-in/register', { ...open, body: wish });

export const askEnrolment = (handle: string) =>
  call<TotpQuestion>('POST', '/api/console/sign-in/enrolment', { ...open, body: { handle } });

export const enrol = (handle: string, offer: string, code: string) =>
  call<Step>('POST', '/api/console/sign-in/enrolment', { ...open, body: { handle, offer, code } });

export const beginProvider = (provider: string) =>
  call<{ url: string }>('POST', '/api/console/sign-in/provider', { ...open, body: { provider } });

export const finishProvider = () => call<Step>('POST', '/api/console/sign-in/provider/finish', open);

/** Asks the browser for a passkey and signs in with it. */
export async function signInWithPasskey(mediation: CredentialMediationRequirement, signal: AbortSignal): Promise<Step> {
  const question = await call<PasskeyQuestion>('POST', '/api/console/sign-in/passkey/question', { ...open, signal });
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question.options),
    mediation,
    signal,
  });
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('nothing chosen', 'NotAllowedError');
  return call<Step>('POST', '/api/console/sign-in/passkey', {
    ...open,
    body: { state: question.state, credential: credential.toJSON() as unknown },
  });
}

/** Whether passkeys are offered: browsers want a secure context for them. */
export const hasPasskeys = () => window.isSecureContext && 'PublicKeyCredential' in window;

// The server takes an answer for five minutes.
const questionLasts = 4 * 60_000;

/** Has the browser offer passkeys in the field of the name, until the signal; null: it has no such thing. */
export async function offerPasskey(signal: AbortSignal): Promise<Step | null> {
  if (!hasPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable())) return null;
  const old = AbortSignal.timeout(questionLasts);
  try {
    return await signInWithPasskey('conditional', AbortSignal.any([signal, old]));
  } catch (error) {
    if (!old.aborted) throw error;
    return offerPasskey(signal);
  }
}
