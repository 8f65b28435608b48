// A real OpenID Connect issuer on loopback, for tests: prints one JSON line when it listens.
// Usage: node oidc-issuer.mjs PORT CALLBACK ALG
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, callback, alg] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const kinds = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  ES384: ['ec', { namedCurve: 'P-384' }],
  EdDSA: ['ed25519', {}],
};
const keys = Object.entries({ RS256: kinds.RS256, [alg]: kinds[alg] }).map(([name, [kind, options]]) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), kid: name, alg: name, use: 'sig',
}));

const people = {
  mara: { name: 'Mara Lind', email: 'mara@example.net', email_verified: true, groups: ['staff', 'support'] },
  otto: { name: 'Otto Ohm', email: 'otto@example.org', email_verified: true, groups: ['guests'] },
};

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'hawser',
    client_secret: 'sEcret:/+ %&=',
    redirect_uris: [callback],
    id_token_signed_response_alg: alg,
  }],
  jwks: { keys },
  scopes: ['openid', 'email', 'profile', 'groups'],
  claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] },
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => people[id] && {
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, ...people[id] }),
  },
});
provider.on('server_error', (_, error) => console.error(error));
provider.on('grant.error', (_, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ event: 'listening', issuer })));
