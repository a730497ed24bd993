import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { freePort } from './free-port.ts';

/** What a token is made of before somebody lies. */
export interface TokenFacts {
  issuer: string;
  clientId: string;
  nonce: string;
}

/** An issuer that hands out whatever token it is told to. */
export interface ForgingIssuer extends AsyncDisposable {
  issuer: string;
  clientId: string;
  clientSecret: string;
  privateKey: KeyObject;
  /** Public key in the form that is published, as text. */
  publishedKey: string;
  /** Makes the token of the next answer. */
  forge: (facts: TokenFacts) => Promise<string> | string;
  /** To be set from the address that the browser was sent to. */
  nonce: string;
}

export const keyId = 'published';

/** Discovery, published keys and a token endpoint; the browser's part a test plays itself. */
export async function startForgingIssuer(): Promise<ForgingIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publishedKey = JSON.stringify({
    ...publicKey.export({ format: 'jwk' }),
    kid: keyId,
    use: 'sig',
    alg: 'RS256',
  });
  const port = await freePort();
  const server = createServer((request, response) => {
    const say = (body: string) => response.setHeader('content-type', 'application/json').end(body);
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return say(
          JSON.stringify({
            issuer: forging.issuer,
            authorization_endpoint: `${forging.issuer}/authorize`,
            token_endpoint: `${forging.issuer}/token`,
            jwks_uri: `${forging.issuer}/keys`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
          }),
        );
      case '/keys':
        return say(`{"keys":[${publishedKey}]}`);
      case '/token':
        request.resume();
        return void Promise.resolve(forging.forge(forging)).then((idToken) =>
          say(JSON.stringify({ access_token: 'any', token_type: 'Bearer', id_token: idToken })),
        );
      default:
        return response.writeHead(404).end();
    }
  });
  const forging: ForgingIssuer = {
    issuer: `http://127.0.0.1:${port}`,
    clientId: 'nephos',
    clientSecret: 'not a secret at all',
    privateKey,
    publishedKey,
    nonce: '',
    forge: () => '',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return forging;
}
