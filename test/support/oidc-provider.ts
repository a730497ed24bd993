import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
// @ts-expect-error The package brings no types, and there is little of it that we use.
import { Provider as ProviderOfPackage } from 'oidc-provider';
import { freePort } from './free-port.ts';
import type { TestBrowser } from './test-browser.ts';

/** What a person's tokens say beside `sub`. */
export interface PersonClaims {
  preferred_username: string;
  name?: string;
  email?: string;
  groups?: string[];
}

/** An OpenID Connect provider as others run it: a server of its own, certified software. */
export interface RunningProvider extends AsyncDisposable {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** People by what they log in with, which is their `sub`. They may change at any time. */
  people: Map<string, PersonClaims>;
}

interface Provider {
  callback(): RequestListener;
}

/** @param redirectUri where people are sent back to */
export async function startOidcProvider(redirectUri: string): Promise<RunningProvider> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const clientId = 'nephos';
  const clientSecret = 'a secret between the two of them';
  const people = new Map<string, PersonClaims>();
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  const Provider = ProviderOfPackage as new (issuer: string, configuration: object) => Provider;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    jwks: { keys: [key] },
    cookies: { keys: ['signs the cookies of this test'] },
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
      groups: ['groups'],
    },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    // Its own pages for logging in take any password.
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...people.get(sub) }),
    }),
  });
  const server = createServer(provider.callback()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer,
    clientId,
    clientSecret,
    people,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Logs a person in at the provider's pages and gives consent.
 * @returns where the provider sends the browser then
 */
export async function logInAt(browser: TestBrowser, issuer: string, start: URL, sub: string): Promise<URL> {
  let place = await browser.follow(start, ({ pathname }) => pathname.startsWith('/interaction/'));
  for (const prompt of ['login', 'consent']) {
    const answer = await browser.post(place, { prompt, login: sub, password: 'any' });
    place = await browser.follow(
      answer,
      ({ pathname, origin }) => origin !== issuer || pathname.startsWith('/interaction/'),
    );
    if (place.origin !== issuer) return place;
  }
  throw new Error(`the provider asks for more at ${place.href}`);
}
