import { call } from '../../api/client';

type Question = { state: string; options: PublicKeyCredentialRequestOptionsJSON };

/** Proves by a passkey who is there. */
export async function proveByPasskey(): Promise<unknown> {
  const question = await call<Question>('POST', '/api/console/step-up/question');
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question.options),
  });
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('nothing chosen', 'NotAllowedError');
  return call('POST', '/api/console/step-up', { body: { state: question.state, credential: credential.toJSON() as unknown } });
}
