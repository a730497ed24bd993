import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { createProvider, oidcInput, updateProviderMutation } from '../support/identity-providers.ts';
import { logInAt, startOidcProvider, type RunningProvider } from '../support/oidc-provider.ts';
import { aPasswordUser, signInMutation } from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, roleId } from '../support/tenancy.ts';
import { target, TestBrowser } from '../support/test-browser.ts';

let server: TestServer;
let provider: RunningProvider;
let providerId: string;

beforeAll(async () => {
  server = await startTestServer();
  provider = await startOidcProvider(`${server.url}/auth/oidc/callback`);
  const sales = await aDomain(server.db, 'sales');
  providerId = await createProvider(
    server.admin,
    oidcInput(provider, {
      roleMappings: [
        { groupName: 'cloud-admins', roleId: roleId('Domain Admin'), domainId: sales },
        { groupName: 'staff', roleId: userRoleId, domainId: sales },
      ],
    }),
  );
});

afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** A browser signs in with the provider. @returns where it ends up, and what it can do there */
async function signInAs(sub: string, returnTo = '/machines') {
  const browser = new TestBrowser();
  const start = new URL(
    `/auth/oidc/${providerId}/start?returnTo=${encodeURIComponent(returnTo)}`,
    server.url,
  );
  const back = await logInAt(browser, provider.issuer, start, sub);
  expect(back.pathname).toBe('/auth/oidc/callback');
  const place = target(back, await browser.get(back));
  return { place, back, browser, client: new ApiClient(server.url, { cookie: browser.cookies(place) }) };
}

const settingMutation =
  'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }';
const viewerQuery = `{ viewer { username hasPassword permissions
  user { displayName email account { name type domain { path } } } } }`;

interface Seen {
  viewer: {
    username: string;
    permissions: string[];
    user: { account: { type: string; domain: { path: string } } };
  } | null;
}

test('whoever comes for the first time gets an account in the mapped domain, with the mapped role', async () => {
  provider.people.set('s-1', {
    preferred_username: 'Lin.Chen',
    name: 'Lin Chen',
    email: 'lin@example.org',
    groups: ['everyone', 'staff'],
  });
  const { place, client, browser } = await signInAs('s-1', '/machines?zone=1#top');
  expect(place.href).toBe(`${server.url}/machines?zone=1#top`);
  expect(await client.ask(viewerQuery)).toMatchObject({
    viewer: {
      username: 'lin.chen',
      hasPassword: false,
      user: {
        displayName: 'Lin Chen',
        email: 'lin@example.org',
        account: { name: 'lin.chen', type: 'USER', domain: { path: '/sales' } },
      },
    },
  });
  expect(browser.cookie(place, 'nephos-oidc')).toBeUndefined();
  const { sessions } = await client.ask<{ sessions: { method: string }[] }>('{ sessions { method } }');
  expect(sessions).toEqual([{ method: 'OIDC' }]);
});

test('the role follows the groups at every sign-in, on open sockets too', async () => {
  provider.people.set('s-2', { preferred_username: 'mei', groups: ['staff'] });
  const { client } = await signInAs('s-2');
  const first = await client.ask<Seen>(viewerQuery);
  expect(first.viewer?.user.account.type).toBe('USER');
  const following = client.follow('subscription { jobs { id } }');
  let hasEnded = false;
  const ending = following.next().then(
    () => (hasEnded = true),
    () => (hasEnded = true),
  );
  await client.connected();

  provider.people.set('s-2', { preferred_username: 'mei', groups: ['cloud-admins', 'staff'] });
  const again = await signInAs('s-2');
  const second = await again.client.ask<Seen>(viewerQuery);
  expect(second.viewer?.user.account.type).toBe('DOMAIN_ADMIN');
  expect(second.viewer?.permissions).toContain('user.create');
  await eventually(
    () => hasEnded,
    (is) => is,
    5,
  );
  await ending;
  await client.close();

  provider.people.set('s-2', { preferred_username: 'mei', groups: ['staff'] });
  const third = await (await signInAs('s-2')).client.ask<Seen>(viewerQuery);
  expect(third.viewer?.permissions).not.toContain('user.create');
  const users = await server.db.selectFrom('User').select('id').where('username', '=', 'mei').execute();
  expect(users).toHaveLength(1);
});

/** Signs in without success. @returns the word at the sign-in page */
async function problemOf(sub: string): Promise<string | null> {
  const before = await countSessions();
  const { place, client } = await signInAs(sub);
  expect(place.pathname).toBe('/sign-in');
  expect([...place.searchParams.keys()]).toEqual(['problem']);
  expect(await client.ask('{ viewer { username } }')).toEqual({ viewer: null });
  expect(await countSessions()).toBe(before);
  return place.searchParams.get('problem');
}

async function countSessions(): Promise<number> {
  return (await server.db.selectFrom('UserSession').select('id').execute()).length;
}

test('how they sign in is up to the provider, a second factor too', async () => {
  provider.people.set('s-7', { preferred_username: 'outsider', groups: ['staff'] });
  await server.admin.ask(settingMutation, { input: { key: 'second.factor.required', value: 'everybody' } });
  const { client } = await signInAs('s-7');
  expect(await client.ask('{ viewer { mustEnrolSecondFactor } zones { nodes { id } } }')).toEqual({
    viewer: { mustEnrolSecondFactor: false },
    zones: { nodes: [] },
  });
  const begin = 'mutation ($input: BeginSecondFactorInput!) { beginSecondFactor(input: $input) { uri } }';
  expect(await refusalOf(client, begin, { input: { currentPassword: 'any' } })).toMatchObject({
    code: 'FORBIDDEN',
  });
  await server.admin.ask(settingMutation, { input: { key: 'second.factor.required', value: null } });
  // Nor does a password of this cloud, or any, open their account.
  const input = { username: 'outsider', password: 'any' };
  expect(await refusalOf(new ApiClient(server.url), signInMutation, { input })).toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

test('without a mapping there is no way in, not even for those who had one', async () => {
  provider.people.set('s-3', { preferred_username: 'guest', groups: ['visitors'] });
  expect(await problemOf('s-3')).toBe('no-role');
  provider.people.set('s-3', { preferred_username: 'guest', groups: ['staff'] });
  await signInAs('s-3');
  provider.people.set('s-3', { preferred_username: 'guest' });
  expect(await problemOf('s-3')).toBe('no-role');
});

test('nobody becomes a user of this cloud by having the same name', async () => {
  await aPasswordUser(server.db, 'boss', { role: roleId('Root Admin') });
  for (const name of ['boss', 'BOSS', 'admin']) {
    provider.people.set(`s-${name}`, { preferred_username: name, groups: ['staff'] });
    expect(await problemOf(`s-${name}`)).toBe('username-taken');
  }
  const boss = await server.db
    .selectFrom('User')
    .selectAll()
    .where('username', '=', 'boss')
    .executeTakeFirstOrThrow();
  expect([boss.identityProviderId, boss.externalId]).toEqual([null, null]);
});

test('a user is known by sub, whatever they are called now', async () => {
  provider.people.set('s-4', { preferred_username: 'before', groups: ['staff'] });
  await signInAs('s-4');
  provider.people.set('s-4', { preferred_username: 'admin', groups: ['staff'] });
  expect(await (await signInAs('s-4')).client.ask<Seen>(viewerQuery)).toMatchObject({
    viewer: { username: 'before' },
  });
});

test('a name that is no user name is refused', async () => {
  provider.people.set('s-5', { preferred_username: '<b>x</b>', groups: ['staff'] });
  expect(await problemOf('s-5')).toBe('bad-username');
});

test('users who are locked or disabled stay out', async () => {
  provider.people.set('s-6', { preferred_username: 'locked-out', groups: ['staff'] });
  await signInAs('s-6');
  for (const state of ['LOCKED', 'DISABLED'] as const) {
    await server.db.updateTable('User').set({ state }).where('username', '=', 'locked-out').execute();
    expect(await problemOf('s-6')).toBe('not-enabled');
  }
  const { id } = await server.db
    .selectFrom('User')
    .select('id')
    .where('username', '=', 'locked-out')
    .executeTakeFirstOrThrow();
  const { signInHistory } = await server.admin.ask<{
    signInHistory: { nodes: { outcome: string; problem: string | null }[] };
  }>('query ($userId: ID) { signInHistory(userId: $userId) { nodes { outcome problem } } }', { userId: id });
  expect(signInHistory.nodes[0]).toEqual({ outcome: 'UNAUTHENTICATED', problem: 'NOT_ENABLED' });
});

test('a provider that is off or away leads nowhere', async () => {
  const start = new URL(`/auth/oidc/${providerId}/start`, server.url);
  const problem = async () => target(start, await new TestBrowser().get(start)).searchParams.get('problem');
  await server.admin.ask(updateProviderMutation, { input: { id: providerId, isEnabled: false } });
  expect(await problem()).toBe('unknown-provider');
  await server.admin.ask(updateProviderMutation, {
    input: {
      id: providerId,
      isEnabled: true,
      oidc: { issuer: 'http://127.0.0.1:9', clientId: provider.clientId },
      secret: provider.clientSecret,
    },
  });
  expect(await problem()).toBe('unavailable');
  await server.admin.ask(updateProviderMutation, {
    input: {
      id: providerId,
      oidc: {
        issuer: provider.issuer,
        clientId: provider.clientId,
        scopes: ['profile', 'email', 'groups'],
      },
      secret: provider.clientSecret,
    },
  });
  expect(await problem()).toBeNull();
});
