import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { keyId, startForgingIssuer, type ForgingIssuer, type TokenFacts } from '../support/forging-issuer.ts';
import { createProvider, oidcInput } from '../support/identity-providers.ts';
import { aPasswordUser, enter } from '../support/password-user.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { target, TestBrowser } from '../support/test-browser.ts';

const clock = new ShiftedClock();
let server: TestServer;
let issuer: ForgingIssuer;
let providerId: string;

beforeAll(async () => {
  server = await startTestServer({ clock });
  issuer = await startForgingIssuer();
  providerId = await createProvider(server.admin, oidcInput(issuer));
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
    { input: { key: 'signin.per.minute.per.address', value: '0' } },
  );
});

afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  issuer.forge = (facts) => signed(honest(facts));
});

function honest({ issuer: iss, clientId, nonce }: TokenFacts): JWTPayload {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss,
    aud: clientId,
    sub: 'person-1',
    iat,
    exp: iat + 300,
    nonce,
    preferred_username: 'person',
    groups: [],
  };
}

function signed(claims: JWTPayload, header: { alg?: string; kid?: string } = {}, key = issuer.privateKey) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keyId, ...header }).sign(key);
}

/** A browser that was sent to the issuer and comes back with a code. */
async function comeBack(change: (back: URL, browser: TestBrowser) => void = () => undefined) {
  const browser = new TestBrowser();
  const start = new URL(`/auth/oidc/${providerId}/start?returnTo=/machines`, server.url);
  const sentTo = target(start, await browser.get(start));
  issuer.nonce = sentTo.searchParams.get('nonce') ?? '';
  const back = new URL('/auth/oidc/callback', server.url);
  back.searchParams.set('code', 'a-code');
  back.searchParams.set('state', sentTo.searchParams.get('state') ?? '');
  change(back, browser);
  return { browser, back, sentTo, place: target(back, await browser.get(back)) };
}

async function countSessions(): Promise<number> {
  return (await server.db.selectFrom('UserSession').select('id').execute()).length;
}

/** Nothing came of it: no session, no user, no cookie, and no more than a word. */
async function expectRefused(coming: ReturnType<typeof comeBack>, problem: string): Promise<void> {
  const { place, browser } = await coming;
  expect(place.href).toBe(`${server.url}/sign-in?problem=${problem}`);
  expect(browser.cookie(place, 'nephos')).toBeUndefined();
}

test('an honest token opens a session: the lies below fail for what is wrong with them', async () => {
  const before = await countSessions();
  const { place, browser, sentTo } = await comeBack();
  expect(place.href).toBe(`${server.url}/machines`);
  const client = new ApiClient(server.url, { cookie: browser.cookies(place) });
  expect(await client.ask('{ viewer { username } }')).toEqual({ viewer: { username: 'person' } });
  expect(await countSessions()).toBe(before + 1);
  expect(Object.fromEntries(sentTo.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
    redirect_uri: `${server.url}/auth/oidc/callback`,
  });
});

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const past = () => Math.floor(Date.now() / 1000) - 3600;

const forgeries: Record<string, (facts: TokenFacts) => Promise<string> | string> = {
  'alg none': (facts) => new UnsecuredJWT(honest(facts)).encode(),
  'alg none with the signature of another': async (facts) => {
    const [, , signature] = (await signed(honest(facts))).split('.');
    return `${new UnsecuredJWT(honest(facts)).encode()}${signature}`;
  },
  'no signature': async (facts) => `${(await signed(honest(facts))).split('.').slice(0, 2).join('.')}.`,
  'another key': (facts) => signed(honest(facts), {}, stranger),
  'another key under another name': (facts) => signed(honest(facts), { kid: 'unheard-of' }, stranger),
  'claims changed after signing': async (facts) => {
    const [header, claims = '', signature] = (await signed(honest(facts))).split('.');
    const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: 'admin' };
    return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
  },
  'the public key as a shared secret': (facts) =>
    signed(honest(facts), { alg: 'HS256' }, createSecretKey(Buffer.from(issuer.publishedKey))),
  'the client secret as a key': (facts) =>
    signed(honest(facts), { alg: 'HS256' }, createSecretKey(Buffer.from(issuer.clientSecret.padEnd(32)))),
  'another algorithm': (facts) => signed(honest(facts), { alg: 'RS512' }),
  'wrong iss': (facts) => signed({ ...honest(facts), iss: 'https://evil.example' }),
  'iss with a slash more': (facts) => signed({ ...honest(facts), iss: `${facts.issuer}/` }),
  'no iss': (facts) => signed(without(honest(facts), 'iss')),
  'wrong aud': (facts) => signed({ ...honest(facts), aud: 'another-client' }),
  'several aud without azp': (facts) => signed({ ...honest(facts), aud: [facts.clientId, 'another-client'] }),
  'azp of another': (facts) => signed({ ...honest(facts), aud: [facts.clientId, 'another'], azp: 'another' }),
  'no aud': (facts) => signed(without(honest(facts), 'aud')),
  'wrong nonce': (facts) => signed({ ...honest(facts), nonce: randomBytes(32).toString('base64url') }),
  'no nonce': (facts) => signed(without(honest(facts), 'nonce')),
  expired: (facts) => signed({ ...honest(facts), iat: past(), exp: past() + 300 }),
  'no exp': (facts) => signed(without(honest(facts), 'exp')),
  'not good yet': (facts) => signed({ ...honest(facts), nbf: past() + 7200 }),
  'no sub': (facts) => signed(without(honest(facts), 'sub')),
  'empty sub': (facts) => signed({ ...honest(facts), sub: '' }),
  'a sub without end': (facts) => signed({ ...honest(facts), sub: 'x'.repeat(256) }),
  'no name': (facts) => signed(without(honest(facts), 'preferred_username')),
  'a name that is no text': (facts) => signed({ ...honest(facts), preferred_username: { $ne: null } }),
  'no token': () => '',
  'something else': () => 'a.b.c',
};

function without(claims: JWTPayload, name: string): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}

describe('a token is refused for', () => {
  test.each(Object.entries(forgeries))('%s', async (_what, forge) => {
    const before = await countSessions();
    issuer.forge = forge;
    await expectRefused(comeBack(), 'bad-answer');
    expect(await countSessions()).toBe(before);
    const event = await server.db
      .selectFrom('AuditEvent')
      .selectAll()
      .where('action', '=', 'session.signIn')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect([event.outcome, event.details]).toEqual([
      'UNAUTHENTICATED',
      { problem: 'BAD_ANSWER', identityProvider: 'Example' },
    ]);
  });
});

describe('an answer is refused', () => {
  test('with a state that nobody gave out', () =>
    expectRefused(
      comeBack((back) => back.searchParams.set('state', 'made-up')),
      'expired',
    ));

  test('without a state', () =>
    expectRefused(
      comeBack((back) => back.searchParams.delete('state')),
      'expired',
    ));

  test('without the cookie of the browser that went', () =>
    expectRefused(
      comeBack((back, browser) => browser.setCookie(back, 'nephos-oidc', '')),
      'expired',
    ));

  test('in the browser of somebody else', async () => {
    const theirs = await comeBack();
    await expectRefused(
      comeBack((back, browser) =>
        browser.setCookie(back, 'nephos-oidc', theirs.browser.cookie(back, 'nephos-oidc') ?? 'none'),
      ),
      'expired',
    );
  });

  test('with the cookie of a session in place of the flow’s', async () => {
    await aPasswordUser(server.db, 'signed-in');
    const { cookie } = await enter(server.url, 'signed-in');
    await expectRefused(
      comeBack((back, browser) => browser.setCookie(back, 'nephos-oidc', cookie)),
      'expired',
    );
    // Nor is the flow's cookie a session.
    let flowCookie = '';
    await comeBack((back, browser) => (flowCookie = browser.cookie(back, 'nephos-oidc') ?? ''));
    const client = new ApiClient(server.url, { cookie: `nephos=${flowCookie}` });
    expect(flowCookie).not.toBe('');
    expect(await client.ask('{ viewer { username } }')).toEqual({ viewer: null });
  });

  test('the second time', async () => {
    let cookie = '';
    const { back, browser } = await comeBack(
      (place, own) => (cookie = own.cookie(place, 'nephos-oidc') ?? ''),
    );
    browser.setCookie(back, 'nephos-oidc', cookie);
    expect(target(back, await browser.get(back)).searchParams.get('problem')).toBe('expired');
  });

  test('after ten minutes', () =>
    expectRefused(
      comeBack(() => clock.pass(601)),
      'expired',
    ));

  test('that says no', () =>
    expectRefused(
      comeBack((back) => {
        back.searchParams.delete('code');
        back.searchParams.set('error', 'access_denied');
        back.searchParams.set('error_description', '<script>alert(1)</script>');
      }),
      'declined',
    ));

  test('without a code', () =>
    expectRefused(
      comeBack((back) => back.searchParams.delete('code')),
      'bad-answer',
    ));
});

describe('nobody is led away', () => {
  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
  ])('by %j', async (returnTo) => {
    const browser = new TestBrowser();
    const start = new URL(`/auth/oidc/${providerId}/start`, server.url);
    start.searchParams.set('returnTo', returnTo);
    const sentTo = target(start, await browser.get(start));
    issuer.nonce = sentTo.searchParams.get('nonce') ?? '';
    const back = new URL('/auth/oidc/callback?code=c', server.url);
    back.searchParams.set('state', sentTo.searchParams.get('state') ?? '');
    expect(target(back, await browser.get(back)).href).toBe(`${server.url}/`);
  });

  test('and nothing is taken but GET', async () => {
    const start = new URL(`/auth/oidc/${providerId}/start`, server.url);
    expect((await fetch(start, { method: 'POST', redirect: 'manual' })).status).toBe(405);
    expect((await fetch(new URL('/auth/oidc/elsewhere', server.url), { redirect: 'manual' })).status).toBe(
      404,
    );
  });
});

test('what is remembered of a flow lies sealed or hashed', async () => {
  const browser = new TestBrowser();
  const start = new URL(`/auth/oidc/${providerId}/start`, server.url);
  const sentTo = target(start, await browser.get(start));
  const flows = await server.db.selectFrom('OidcFlow').selectAll().execute();
  const stored = flows.flatMap(({ stateHash, browserHash, codeVerifier }) => [
    stateHash,
    browserHash,
    codeVerifier,
  ]);
  for (const secret of [sentTo.searchParams.get('state')!, browser.cookie(start, 'nephos-oidc')!])
    expect(stored.some((bytes) => bytes.includes(secret))).toBe(false);
  const { secret } = await server.db
    .selectFrom('IdentityProvider')
    .select('secret')
    .executeTakeFirstOrThrow();
  expect(secret?.includes(issuer.clientSecret)).toBe(false);
});
