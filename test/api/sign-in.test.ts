import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { aPasswordUser, enter, signInMutation, userPassword } from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { aDomain, roleId } from '../support/tenancy.ts';

const clock = new ShiftedClock();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ clock });
});

afterAll(() => server[Symbol.asyncDispose]());

const changeMutation = `mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { username }
}`;
const endMutation = 'mutation ($input: EndSessionInput!) { endSession(input: $input) { sessionId } }';
const endAllMutation = 'mutation ($input: EndAllSessionsInput!) { endAllSessions(input: $input) { count } }';

async function setting(key: string, value: string | null): Promise<void> {
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
    { input: { key, value } },
  );
}

const isSignedIn = async (client: ApiClient) =>
  (await client.ask<{ viewer: object | null }>('{ viewer { username } }')).viewer !== null;

describe('a password that has to be changed', () => {
  test('opens a session that may do nothing else', async () => {
    await aPasswordUser(server.db, 'must-change', { mustChangePassword: true });
    const { client, sessionId } = await enter(server.url, 'must-change');
    expect(sessionId).toMatch(/^sess_/);
    expect(
      await client.ask('{ viewer { username mustChangePassword permissions user { username } } }'),
    ).toEqual({
      viewer: {
        username: 'must-change',
        mustChangePassword: true,
        permissions: [],
        user: { username: 'must-change' },
      },
    });
    expect(await refusalOf(client, '{ sessions { id } }')).toMatchObject({
      code: 'FORBIDDEN',
      message: 'your password has to be changed first',
    });
    const input = { currentPassword: userPassword, newPassword: userPassword };
    expect(await refusalOf(client, changeMutation, { input })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.newPassword',
    });
    await client.ask(changeMutation, { input: { ...input, newPassword: 'eight green bottles' } });
    const { viewer } = await client.ask<{ viewer: { mustChangePassword: boolean; permissions: string[] } }>(
      '{ viewer { mustChangePassword permissions } }',
    );
    expect(viewer.mustChangePassword).toBe(false);
    expect(viewer.permissions).toContain('virtualMachine.deploy');
  });

  test('does not keep anybody from leaving', async () => {
    await aPasswordUser(server.db, 'leaver', { mustChangePassword: true });
    const { client } = await enter(server.url, 'leaver');
    await client.ask(endMutation, { input: {} });
    expect(await isSignedIn(client)).toBe(false);
  });
});

describe('a new password', () => {
  const refused = ['short1!', 'aaaaaaaabb', 'my name is picky', 'Password123', 'QWERTYUIOP', 'x'.repeat(300)];

  test.each(refused)('is not %j', async (newPassword) => {
    const name = 'picky';
    const known = await server.db
      .selectFrom('User')
      .select('id')
      .where('username', '=', name)
      .executeTakeFirst();
    if (known === undefined) await aPasswordUser(server.db, name);
    const { client } = await enter(server.url, name);
    expect(
      await refusalOf(client, changeMutation, { input: { currentPassword: userPassword, newPassword } }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.newPassword', value: '"(not shown)"' });
  });

  test('is as long as the setting wants', async () => {
    await aPasswordUser(server.db, 'longer');
    const { client } = await enter(server.url, 'longer');
    const input = { currentPassword: userPassword, newPassword: 'twelve chars' };
    await setting('password.min.length', '13');
    expect(await refusalOf(client, changeMutation, { input })).toMatchObject({ code: 'VALIDATION_FAILED' });
    await setting('password.min.length', null);
    await client.ask(changeMutation, { input });
    await enter(server.url, 'longer', 'twelve chars');
  });
});

describe('sessions', () => {
  interface Listed {
    sessions: { id: string; isCurrent: boolean; method: string }[];
  }

  test('are listed and ended by whom they belong to', async () => {
    await aPasswordUser(server.db, 'many');
    const [here, there, elsewhere] = [
      await enter(server.url, 'many'),
      await enter(server.url, 'many'),
      await enter(server.url, 'many'),
    ];
    const { sessions } = await here.client.ask<Listed>('{ sessions { id isCurrent method } }');
    expect(sessions).toHaveLength(3);
    expect(sessions.filter(({ isCurrent }) => isCurrent)).toEqual([
      { id: here.sessionId, isCurrent: true, method: 'PASSWORD' },
    ]);
    await here.client.ask(endMutation, { input: { id: there.sessionId } });
    expect([await isSignedIn(there.client), await isSignedIn(elsewhere.client)]).toEqual([false, true]);
    expect(await here.client.ask(endAllMutation, { input: {} })).toEqual({ endAllSessions: { count: 1 } });
    expect([await isSignedIn(elsewhere.client), await isSignedIn(here.client)]).toEqual([false, true]);
  });

  test('end after idle minutes, and after absolute hours in any case', async () => {
    await aPasswordUser(server.db, 'idle');
    const idle = await enter(server.url, 'idle');
    const busy = await enter(server.url, 'idle');
    await setting('session.idle.minutes', '10');
    clock.pass(400);
    expect(await isSignedIn(busy.client)).toBe(true);
    clock.pass(400);
    expect([await isSignedIn(idle.client), await isSignedIn(busy.client)]).toEqual([false, true]);
    await setting('session.idle.minutes', null);
    await setting('session.absolute.hours', '1');
    const short = await enter(server.url, 'idle');
    clock.pass(1800);
    expect(await isSignedIn(short.client)).toBe(true);
    clock.pass(1801);
    expect(await isSignedIn(short.client)).toBe(false);
    await setting('session.absolute.hours', null);
  });

  test('of others are for those who could lock them out', async () => {
    const domainId = await aDomain(server.db, 'branch');
    const admin = { role: roleId('Domain Admin'), domainId };
    const member = await aPasswordUser(server.db, 'member', { domainId });
    await aPasswordUser(server.db, 'branch-admin', admin);
    await aPasswordUser(server.db, 'branch-reader', { role: roleId('Domain Admin (read-only)'), domainId });
    await aPasswordUser(server.db, 'neighbour');
    const chief = await aPasswordUser(server.db, 'chief', { role: roleId('Root Admin'), domainId });
    const users = ['branch-admin', 'branch-reader', 'neighbour', 'chief'] as const;
    const [branchAdmin, reader, neighbour, chiefs] = await Promise.all(
      users.map((name) => enter(server.url, name)),
    );
    const theirs = await enter(server.url, 'member');
    const list = 'query ($userId: ID!) { userSessions(userId: $userId) { id } }';
    const ofMember = { userId: member.userId };
    const seen = { userSessions: [{ id: theirs.sessionId }] };
    expect(await branchAdmin!.client.ask(list, ofMember)).toEqual(seen);
    expect(await reader!.client.ask(list, ofMember)).toEqual(seen);
    expect(await refusalOf(neighbour!.client, list, ofMember)).toMatchObject({ code: 'NOT_FOUND' });

    const end = { input: { id: theirs.sessionId } };
    expect(await refusalOf(neighbour!.client, endMutation, end)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusalOf(reader!.client, endMutation, end)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf(reader!.client, endAllMutation, { input: ofMember })).toMatchObject({
      code: 'FORBIDDEN',
    });
    // Whoever ranks above the administrator of their domain is left alone.
    expect(
      await refusalOf(branchAdmin!.client, endMutation, { input: { id: chiefs!.sessionId } }),
    ).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(
      await refusalOf(branchAdmin!.client, endAllMutation, { input: { userId: chief.userId } }),
    ).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect([await isSignedIn(theirs.client), await isSignedIn(chiefs!.client)]).toEqual([true, true]);
    await branchAdmin!.client.ask(endMutation, end);
    expect(await isSignedIn(theirs.client)).toBe(false);
    const again = await enter(server.url, 'member');
    expect(await branchAdmin!.client.ask(endAllMutation, { input: ofMember })).toEqual({
      endAllSessions: { count: 1 },
    });
    expect(await isSignedIn(again.client)).toBe(false);
  });
});

test('the history tells of sign-ins and of refusals', async () => {
  const { userId } = await aPasswordUser(server.db, 'known');
  await aPasswordUser(server.db, 'stranger');
  await refusalOf(new ApiClient(server.url), signInMutation, {
    input: { username: 'known', password: 'not this one' },
  });
  const { client } = await enter(server.url, 'known');
  await (await enter(server.url, 'known')).client.ask(endMutation, { input: {} });
  const query = `query ($userId: ID) {
    signInHistory(userId: $userId) { nodes { action outcome method problem clientAddress } totalCount }
  }`;
  const history = {
    signInHistory: {
      nodes: [
        { action: 'session.end', outcome: 'SUCCEEDED', method: null, problem: null },
        { action: 'session.signIn', outcome: 'SUCCEEDED', method: 'PASSWORD', problem: null },
        { action: 'session.signIn', outcome: 'SUCCEEDED', method: 'PASSWORD', problem: null },
        { action: 'session.signIn', outcome: 'UNAUTHENTICATED', method: null, problem: 'WRONG_PASSWORD' },
      ].map((event) => ({ ...event, clientAddress: '127.0.0.1' })),
      totalCount: 4,
    },
  };
  expect(await client.ask(query)).toEqual(history);
  expect(await server.admin.ask(query, { userId })).toEqual(history);
  const stranger = await enter(server.url, 'stranger');
  expect(await refusalOf(stranger.client, query, { userId })).toMatchObject({ code: 'NOT_FOUND' });
});

test('a wrong name takes as long as a wrong password', async () => {
  await aPasswordUser(server.db, 'timed');
  await setting('signin.attempts.before.lock', '100');
  await setting('signin.per.minute.per.address', '0');
  const anonymous = new ApiClient(server.url);
  const spent = { timed: [] as number[], nobody: [] as number[] };
  for (let round = 0; round < 12; round++) {
    for (const username of ['timed', 'nobody'] as const) {
      const began = performance.now();
      await refusalOf(anonymous, signInMutation, { input: { username, password: 'a wrong guess' } });
      spent[username].push(performance.now() - began);
    }
  }
  const median = (times: number[]) => times.sort((one, other) => one - other)[times.length / 2]!;
  // Without the hash that is computed for nobody it would be a tenth.
  expect(median(spent.nobody)).toBeGreaterThan(median(spent.timed) / 3);
  await setting('signin.attempts.before.lock', null);
  await setting('signin.per.minute.per.address', null);
});
