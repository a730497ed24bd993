import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { enrol } from '../support/authenticator-app.ts';
import { createProvider, updateProviderMutation } from '../support/identity-providers.ts';
import {
  groupsDn,
  peopleDn,
  searchDn,
  searchPassword,
  startDirectory,
  type RunningDirectory,
} from '../support/ldap-directory.ts';
import { aPasswordUser, complete, enter, signInMutation, userPassword } from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { aDomain, roleId } from '../support/tenancy.ts';

const clock = new ShiftedClock();
const password = 'from the directory';
let server: TestServer;
let directory: RunningDirectory;
let providerId: string;

const ldap = (more: object = {}) => ({
  url: directory.url,
  startTls: true,
  certificateAuthority: directory.certificateAuthority,
  bindDn: searchDn,
  baseDn: peopleDn,
  groupBaseDn: groupsDn,
  groupFilter: '(member={dn})',
  ...more,
});

const reach = (configuration: object) =>
  server.admin.ask(updateProviderMutation, {
    input: { id: providerId, ldap: configuration, secret: searchPassword },
  });

beforeAll(async () => {
  server = await startTestServer({ clock });
  const names = ['lin', 'mei', 'guest', 'clash', 'guessed', 'secured', 'quiet'];
  directory = await startDirectory([
    ...names.map((uid) => ({
      place: `uid=${uid},ou=people`,
      uid,
      password,
      groups: uid === 'guest' ? [] : uid === 'mei' ? ['staff', 'admins'] : ['staff'],
    })),
    { place: 'uid=far,ou=elsewhere', uid: 'far', password, groups: ['staff'] },
  ]);
  const sales = await aDomain(server.db, 'sales');
  providerId = await createProvider(server.admin, {
    name: 'Example directory',
    ldap: ldap(),
    secret: searchPassword,
    roleMappings: [
      { groupName: 'admins', roleId: roleId('Domain Admin'), domainId: sales },
      { groupName: 'staff', roleId: userRoleId },
    ],
  });
});

afterAll(async () => {
  await directory[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

beforeEach(() => reach(ldap()));

const refusal = async (username: string, tried = password, domain?: string) =>
  (
    await refusalOf(new ApiClient(server.url), signInMutation, {
      input: { username, password: tried, domain },
    })
  ).code;

async function lastProblem(): Promise<unknown> {
  const { details } = await server.db
    .selectFrom('AuditEvent')
    .select('details')
    .where('action', '=', 'session.signIn')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return (details as { problem?: unknown } | null)?.problem;
}

const viewerQuery = `{ viewer { username hasPassword user { displayName email account { type domain { path } } } }
  sessions { method } }`;

test('people of the directory sign in with its passwords, and get what their groups are mapped to', async () => {
  const lin = await enter(server.url, 'lin', password);
  expect(await lin.client.ask(viewerQuery)).toEqual({
    viewer: {
      username: 'lin',
      hasPassword: false,
      user: {
        displayName: 'Person lin',
        email: 'lin@example.org',
        account: { type: 'USER', domain: { path: '/' } },
      },
    },
    sessions: [{ method: 'LDAP' }],
  });
  const mei = await enter(server.url, 'mei', password);
  expect(await mei.client.ask(viewerQuery)).toMatchObject({
    viewer: { user: { account: { type: 'DOMAIN_ADMIN', domain: { path: '/sales' } } } },
  });
  // Upper case is the same person, not a new one.
  expect((await enter(server.url, 'LIN', password)).username).toBe('lin');
});

test('a wrong password, an unknown name and a person elsewhere are refused alike', async () => {
  expect([await refusal('lin', 'wrong'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'WRONG_PASSWORD']);
  expect([await refusal('nobody'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'UNKNOWN_NAME']);
  expect([await refusal('far'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'UNKNOWN_NAME']);
});

test('who is in no mapped group is refused', async () => {
  expect([await refusal('guest'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'NO_ROLE']);
  const found = await server.db.selectFrom('User').select('id').where('username', '=', 'guest').execute();
  expect(found).toEqual([]);
});

test('a user of this cloud is not taken over, and their password is not shown to the directory', async () => {
  await aPasswordUser(server.db, 'clash');
  expect([await refusal('clash'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'WRONG_PASSWORD']);
  const { client } = await enter(server.url, 'clash', userPassword);
  expect(await client.ask('{ viewer { hasPassword } }')).toEqual({ viewer: { hasPassword: true } });
});

test('guessing locks out, in whatever case the name is typed', async () => {
  await enter(server.url, 'guessed', password);
  for (const name of ['guessed', 'Guessed', 'GUESSED', 'gUESSED', 'guesseD'])
    expect(await refusal(name, 'a guess')).toBe('UNAUTHENTICATED');
  expect([await refusal('guessed'), await refusal('GuesseD')]).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  clock.pass(60);
  await enter(server.url, 'guessed', password);
});

test('the password of the directory sets up a second factor, and is not changed here', async () => {
  const { client } = await enter(server.url, 'secured', password);
  expect(
    await refusalOf(
      client,
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { username } }',
      { input: { currentPassword: password, newPassword: 'eight green bottles' } },
    ),
  ).toMatchObject({ code: 'FORBIDDEN' });
  const { app } = await enrol(client, clock, password);
  clock.pass(60);
  const { sessionId, challenge } = await enter(server.url, 'secured', password);
  expect(sessionId).toBeNull();
  expect((await complete(server.url, challenge!, app.code())).sessionId).not.toBeNull();
});

describe('the line to the directory', () => {
  test('may be TLS from the beginning', async () => {
    await reach(ldap({ url: directory.tlsUrl, startTls: false }));
    await enter(server.url, 'lin', password);
  });

  test.each(['StartTLS', 'ldaps'])(
    'is not taken with %s when nobody vouches for the certificate',
    async (how) => {
      const secured = how === 'ldaps' ? { url: directory.tlsUrl, startTls: false } : {};
      await reach(ldap({ ...secured, certificateAuthority: null }));
      expect([await refusal('lin'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'UNAVAILABLE']);
    },
  );

  test('that is dead lets the users of this cloud in all the same', async () => {
    await reach(ldap({ url: 'ldap://127.0.0.1:9' }));
    expect([await refusal('lin'), await lastProblem()]).toEqual(['UNAUTHENTICATED', 'UNAVAILABLE']);
    await aPasswordUser(server.db, 'local-one');
    await enter(server.url, 'local-one');
  });

  test('is closed when the provider is off', async () => {
    await server.admin.ask(updateProviderMutation, { input: { id: providerId, isEnabled: false } });
    expect(await refusal('lin')).toBe('UNAUTHENTICATED');
    await server.admin.ask(updateProviderMutation, { input: { id: providerId, isEnabled: true } });
    await enter(server.url, 'lin', password);
  });
});

test('a domain’s own directory is asked for those who name the domain', async () => {
  const domainId = await aDomain(server.db, 'customer');
  await createProvider(server.admin, {
    name: 'Customer directory',
    domainId,
    ldap: ldap({ baseDn: 'ou=elsewhere,dc=example,dc=org' }),
    secret: searchPassword,
    roleMappings: [{ groupName: '*', roleId: userRoleId }],
  });
  expect(await refusal('far')).toBe('UNAUTHENTICATED');
  expect(await refusal('far', password, '/sales')).toBe('UNAUTHENTICATED');
  const offered =
    'query ($domain: String!) { signInProviders(domain: $domain) { hasDirectory openIdConnect { name } } }';
  const anonymous = new ApiClient(server.url);
  expect(await anonymous.ask(offered, { domain: '/customer' })).toEqual({
    signInProviders: { hasDirectory: true, openIdConnect: [] },
  });
  expect(await anonymous.ask(offered, { domain: '/sales' })).toEqual({
    signInProviders: { hasDirectory: false, openIdConnect: [] },
  });
  const { data } = await anonymous.send(signInMutation, {
    input: { username: 'far', password, domain: '/customer' },
  });
  expect(data).toMatchObject({ signIn: { username: 'far', challenge: null } });
  // Once known, the name is enough.
  expect((await enter(server.url, 'far', password)).sessionId).not.toBeNull();
});
