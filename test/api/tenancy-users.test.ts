import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countedThings } from '@nephos/server/identity/limit/counted-things.ts';
import { sql } from 'kysely';
import { openSocket } from '../support/open-socket.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { followSetupLink, openSession } from '../support/sign-in.ts';
import { anApiKey, aTenant } from '../support/tenancy.ts';

const password = 'a long enough password';
const viewerQuery = '{ viewer { user { username } } }';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const updateMutation = `mutation ($input: UpdateUserInput!) {
  updateUser(input: $input) { user { username displayName email version } }
}`;
const resetMutation = `mutation ($input: ResetPasswordInput!) {
  resetPassword(input: $input) { user { mustChangePassword hasPassword } setupToken }
}`;

interface Reset {
  resetPassword: { user: { mustChangePassword: boolean; hasPassword: boolean }; setupToken: string | null };
}

const reset = async (input: Record<string, unknown>) =>
  (await server.admin.ask<Reset>(resetMutation, { input })).resetPassword;

test('what is known of a user is changed, field by field', async () => {
  const tenant = await aTenant(server, 'changes');
  const ask = (input: Record<string, unknown>) =>
    server.admin.ask<{ updateUser: { user: { version: number } } }>(updateMutation, {
      input: { id: tenant.userId, ...input },
    });
  const first = await ask({ displayName: 'Ada Lovelace', email: 'ada@example.org' });
  expect(first.updateUser.user).toMatchObject({
    username: 'changes',
    displayName: 'Ada Lovelace',
    email: 'ada@example.org',
  });
  const second = await ask({ email: '', expectedVersion: first.updateUser.user.version });
  expect(second.updateUser.user).toMatchObject({ displayName: 'Ada Lovelace', email: null });
  const stale = { id: tenant.userId, email: 'x@example.org', expectedVersion: first.updateUser.user.version };
  expect(await refusalOf(server.admin, updateMutation, { input: stale })).toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  const { details } = await server.db
    .selectFrom('AuditEvent')
    .select('details')
    .where('action', '=', 'user.update')
    .where('outcome', '=', 'SUCCEEDED')
    .where('targetId', '=', tenant.userId)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  expect(details).toEqual({ email: { before: 'ada@example.org', after: null } });
});

test('people say themselves what they are called, in a session of theirs', async () => {
  const tenant = await aTenant(server, 'oneself');
  await reset({ id: tenant.userId, password, mustChangePassword: false });
  const session = await openSession(server.url, 'oneself', password);
  const query = `mutation ($input: UpdateProfileInput!) {
    updateProfile(input: $input) { user { username displayName email } }
  }`;
  const { updateProfile } = await session.ask<{ updateProfile: unknown }>(query, {
    input: { displayName: 'One Self' },
  });
  expect(updateProfile).toEqual({ user: { username: 'oneself', displayName: 'One Self', email: null } });
  expect(await refusalOf(tenant.client, query, { input: { displayName: 'A Key' } })).toMatchObject({
    code: 'FORBIDDEN',
  });
});

test.each([
  ['email', 'no address'],
  ['email', 'a@b\r\nBcc: c@d'],
  ['displayName', '<b>bold</b>'],
  ['username', 'With Space'],
  ['username', 'admin'],
])('%s %j is refused', async (field, value) => {
  const tenant = await aTenant(server, `bad-${Buffer.from(value).toString('hex')}`);
  const input = { id: tenant.userId, [field]: value };
  expect(await refusalOf(server.admin, updateMutation, { input })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: `input.${field}`,
  });
});

describe('a password reset', () => {
  test('by a one-time link makes the old password and all sessions void', async () => {
    const tenant = await aTenant(server, 'forgetful');
    await reset({ id: tenant.userId, password, mustChangePassword: false });
    const session = await openSession(server.url, 'forgetful', password);
    const socket = await openSocket(session);
    const { user, setupToken } = await reset({ id: tenant.userId });
    expect(user).toEqual({ mustChangePassword: false, hasPassword: false });
    expect(await socket.closed()).toBe(4403);
    expect((await session.send(viewerQuery)).data).toEqual({ viewer: null });
    await expect(openSession(server.url, 'forgetful', password)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    // Another link makes the first one void.
    const second = await reset({ id: tenant.userId });
    await expect(followSetupLink(server.url, setupToken ?? '', 'a new long password')).rejects.toThrow();
    await followSetupLink(server.url, second.setupToken ?? '', 'a new long password');
    await openSession(server.url, 'forgetful', 'a new long password');
  });

  test('by a password has to be followed by another', async () => {
    const tenant = await aTenant(server, 'reset-by-admin');
    const { user, setupToken } = await reset({ id: tenant.userId, password });
    expect([user, setupToken]).toEqual([{ mustChangePassword: true, hasPassword: true }, null]);
    const session = await openSession(server.url, 'reset-by-admin', password);
    expect(await refusalOf(session, '{ zones { totalCount } }')).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('with a weak password changes nothing', async () => {
    const tenant = await aTenant(server, 'weak-reset');
    await reset({ id: tenant.userId, password, mustChangePassword: false });
    for (const weak of ['short', 'weak-reset-1', 'aaaaaaaaaaaa']) {
      const input = { id: tenant.userId, password: weak };
      const refusal = await refusalOf(server.admin, resetMutation, { input });
      expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.password' });
      expect(JSON.stringify(refusal)).not.toContain(weak);
    }
    await openSession(server.url, 'weak-reset', password);
  });

  test('lets in a user who was locked out', async () => {
    const tenant = await aTenant(server, 'guesser');
    await server.db
      .updateTable('User')
      .set({ failedSignIns: 20, lockedUntil: new Date(Date.now() + 3_600_000) })
      .where('id', '=', tenant.userId)
      .execute();
    await reset({ id: tenant.userId, password, mustChangePassword: false });
    await openSession(server.url, 'guesser', password);
  });

  test('is not for users of an identity provider', async () => {
    const tenant = await aTenant(server, 'external');
    const id = 'idp_00000000000000000000000001' as never;
    await server.db
      .insertInto('IdentityProvider')
      .values({ id, kind: 'OIDC', name: 'outside', domainId: tenant.domainId, configuration: '{}' })
      .execute();
    await server.db
      .updateTable('User')
      .set({ identityProviderId: id, externalId: 'somebody' })
      .where('id', '=', tenant.userId)
      .execute();
    expect(await refusalOf(server.admin, resetMutation, { input: { id: tenant.userId } })).toMatchObject({
      code: 'INVALID_STATE',
    });
  });

  test('leaves nothing of a password in the log or beside an idempotency key', async () => {
    const tenant = await aTenant(server, 'secretive');
    const secret = 'nobody may find this anywhere';
    await reset({ id: tenant.userId, password: secret });
    const input = {
      accountId: tenant.accountId,
      username: 'secretive-2',
      password: secret,
      idempotencyKey: 'k-1',
    };
    await server.admin.ask(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      { input },
    );
    const { rows } = await sql<{ text: string }>`
      select a::text as "text" from "AuditEvent" a union all select i::text from "IdempotencyKey" i`.execute(
      server.db,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.includes(secret))).toEqual([]);
  });
});

test('a second factor that was lost is taken away, with all sessions', async () => {
  const tenant = await aTenant(server, 'lost-phone');
  await reset({ id: tenant.userId, password, mustChangePassword: false });
  const session = await openSession(server.url, 'lost-phone', password);
  await server.db
    .updateTable('User')
    .set({ totpSecret: Buffer.from('sealed'), totpConfirmedAt: new Date() })
    .where('id', '=', tenant.userId)
    .execute();
  const { resetSecondFactor } = await server.admin.ask<{ resetSecondFactor: unknown }>(
    'mutation ($input: UserInput!) { resetSecondFactor(input: $input) { user { hasSecondFactor } } }',
    { input: { id: tenant.userId } },
  );
  expect(resetSecondFactor).toEqual({ user: { hasSecondFactor: false } });
  expect((await session.send(viewerQuery)).data).toEqual({ viewer: null });
  await openSession(server.url, 'lost-phone', password);
});

test('a user who is deleted leaves no keys, and the account stays', async () => {
  const tenant = await aTenant(server, 'two-of-us');
  const { createUser } = await server.admin.ask<{ createUser: { user: { id: string } } }>(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
    { input: { accountId: tenant.accountId, username: 'two-of-us-b' } },
  );
  const { client } = await anApiKey(server, {
    userId: createUser.user.id as never,
    accountId: tenant.accountId,
  });
  const socket = await openSocket(client);
  await server.admin.ask('mutation ($input: UserInput!) { deleteUser(input: $input) { userId } }', {
    input: { id: createUser.user.id },
  });
  expect(await socket.closed()).toBe(4403);
  await tenant.client.ask('{ zones { totalCount } }');
  const { rows } = await sql`
    select * from "ResourceCount" c
    left join (select * from (${countedThings}) as t) as t
      on t."accountId" = c."accountId" and t."resource" = c."resource"::text
    where c."used" <> coalesce(t."amount", 0)`.execute(server.db);
  expect(rows).toEqual([]);
});

test('users are found by a part of what is known of them', async () => {
  const tenant = await aTenant(server, 'listed');
  await server.admin.ask(updateMutation, { input: { id: tenant.userId, email: 'needle@haystack.example' } });
  const { users } = await server.admin.ask<{ users: { nodes: { username: string }[] } }>(
    '{ users(search: "needle@") { nodes { username } } }',
  );
  expect(users.nodes).toEqual([{ username: 'listed' }]);
});
