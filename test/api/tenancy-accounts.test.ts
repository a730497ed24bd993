import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { deploy, getMachine, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { openSocket } from '../support/open-socket.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { followSetupLink, openSession } from '../support/sign-in.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

const password = 'a long enough password';
const viewerQuery = '{ viewer { user { username } } }';

let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Created {
  createAccount: {
    account: {
      id: string;
      type: string;
      state: string;
      isProject: boolean;
      role: { name: string };
      users: { username: string }[];
      version: number;
    };
    user: { id: string; hasPassword: boolean; mustChangePassword: boolean; email: string | null };
    setupToken: string | null;
  };
}

const createMutation = `mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) {
    account { id type state isProject role { name } users { username } version }
    user { id hasPassword mustChangePassword email }
    setupToken
  }
}`;

async function makeAccount(input: Record<string, unknown>): Promise<Created['createAccount']> {
  return (await server.admin.ask<Created>(createMutation, { input })).createAccount;
}

const changeState = (client: ApiClient, verb: 'lock' | 'disable' | 'enable', id: string) =>
  client.ask(`mutation ($input: AccountInput!) { ${verb}Account(input: $input) { account { state } } }`, {
    input: { id },
  });

describe('a new account', () => {
  test('comes with a one-time link, so that only its user knows the password', async () => {
    const { account, user, setupToken } = await makeAccount({
      name: 'linked',
      username: 'linked',
      email: 'l@example.org',
    });
    expect(account).toMatchObject({
      type: 'USER',
      state: 'ENABLED',
      isProject: false,
      role: { name: 'User' },
    });
    expect(account.users).toEqual([{ username: 'linked' }]);
    expect(user).toMatchObject({ hasPassword: false, mustChangePassword: false, email: 'l@example.org' });
    const session = await followSetupLink(server.url, setupToken ?? '', password);
    expect((await session.send(viewerQuery)).data).toEqual({ viewer: { user: { username: 'linked' } } });
    await expect(followSetupLink(server.url, setupToken ?? '', password)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('may do nothing with a password that an administrator knows, until it is changed', async () => {
    const { user, setupToken } = await makeAccount({ name: 'given', username: 'given', password });
    expect([user.mustChangePassword, setupToken]).toEqual([true, null]);
    const session = await openSession(server.url, 'given', password);
    expect(await refusalOf(session, '{ virtualMachines { totalCount } }')).toMatchObject({
      code: 'FORBIDDEN',
    });
    await session.ask(
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }',
      {
        input: { currentPassword: password, newPassword: 'my very own words' },
      },
    );
    await session.ask('{ virtualMachines { totalCount } }');
  });

  test('is made once for one idempotency key, and its link is not shown again', async () => {
    const input = { name: 'once', username: 'once', idempotencyKey: 'account-1' };
    const first = await makeAccount(input);
    const again = await makeAccount(input);
    expect(again.account.id).toBe(first.account.id);
    expect([typeof first.setupToken, again.setupToken]).toEqual(['string', null]);
  });

  test('has names that are free', async () => {
    await makeAccount({ name: 'taken', username: 'taken' });
    const name = { name: 'taken', username: 'other-taken' };
    expect(await refusalOf(server.admin, createMutation, { input: name })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
    });
    const username = { name: 'other-taken', username: 'taken' };
    expect(await refusalOf(server.admin, createMutation, { input: username })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.username',
    });
    const rows = await server.db
      .selectFrom('Account')
      .select('id')
      .where('name', '=', 'other-taken')
      .execute();
    expect(rows, 'an account without its user').toEqual([]);
  });

  test('of a domain is made there by the domain’s administrator', async () => {
    const domainId = await aDomain(server.db, 'accounts-here');
    const below = await aDomain(server.db, 'below', domainId);
    const admin = await aTenant(server, 'accounts-admin', { role: roleId('Domain Admin'), domainId });
    const ask = `mutation ($input: CreateAccountInput!) {
      createAccount(input: $input) { account { domain { path } } user { username } }
    }`;
    for (const [name, target, path] of [
      ['own', undefined, '/accounts-here'],
      ['deeper', below, '/accounts-here/below'],
    ] as const) {
      const { createAccount } = await admin.client.ask<{ createAccount: unknown }>(ask, {
        input: { name, username: `here-${name}`, domainId: target },
      });
      expect(createAccount).toEqual({ account: { domain: { path } }, user: { username: `here-${name}` } });
    }
  });
});

describe('locking and disabling', () => {
  let count = 0;
  let tenant: Tenant;
  let username: string;

  beforeEach(async () => {
    username = `state-${count++}`;
    tenant = await aTenant(server, username);
    await server.admin.ask(
      'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } } }',
      { input: { id: tenant.userId, password, mustChangePassword: false } },
    );
  });

  test.each(['lock', 'disable'] as const)(
    '%sAccount ends sign-ins, sessions, keys and sockets',
    async (verb) => {
      const session = await openSession(server.url, username, password);
      const sockets = [await openSocket(session), await openSocket(tenant.client)];
      await changeState(server.admin, verb, tenant.accountId);
      for (const socket of sockets) expect(await socket.closed()).toBe(4403);
      expect((await session.send(viewerQuery)).data).toEqual({ viewer: null });
      expect((await tenant.client.send('{ zones { totalCount } }')).errors?.[0]?.extensions.code).toBe(
        'UNAUTHENTICATED',
      );
      await expect(openSession(server.url, username, password)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });

      await changeState(server.admin, 'enable', tenant.accountId);
      await openSession(server.url, username, password);
      await tenant.client.ask('{ zones { totalCount } }');
      // Sessions from before do not come back.
      expect((await session.send(viewerQuery)).data).toEqual({ viewer: null });
    },
  );

  test('one user out of several is locked alone', async () => {
    const other = await server.admin.ask<{ createUser: { user: { id: string } } }>(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      {
        input: {
          accountId: tenant.accountId,
          username: `${username}-b`,
          password,
          mustChangePassword: false,
        },
      },
    );
    const mine = await openSocket(tenant.client);
    const theirs = await openSocket(await openSession(server.url, `${username}-b`, password));
    await server.admin.ask('mutation ($input: UserInput!) { lockUser(input: $input) { user { state } } }', {
      input: { id: other.createUser.user.id },
    });
    expect(await theirs.closed()).toBe(4403);
    expect(mine.isOpen()).toBe(true);
    await expect(openSession(server.url, `${username}-b`, password)).rejects.toThrow();
    await openSession(server.url, username, password);
  });

  test('disabling turns the machines off, locking does not', async () => {
    const templateId = await registerTemplate(server.admin, zone.zoneId);
    const { machine } = await deploy(tenant.client, {
      name: 'web-1',
      zoneId: zone.zoneId,
      serviceOfferingId: await serviceOfferingId(server.admin, 'tiny'),
      templateId,
    });
    await changeState(server.admin, 'lock', tenant.accountId);
    expect((await getMachine(server.admin, machine.id)).state).toBe('RUNNING');
    const { disableAccount } = await server.admin.ask<{ disableAccount: { job: { id: string } } }>(
      'mutation ($input: AccountInput!) { disableAccount(input: $input) { account { state } job { id } } }',
      { input: { id: tenant.accountId } },
    );
    expect((await followJob(server.admin, disableAccount.job.id)).status).toBe('SUCCEEDED');
    expect((await getMachine(server.admin, machine.id)).state).toBe('STOPPED');
  });

  test('an account that was enabled again keeps its machines', async () => {
    const { disableAccount } = await server.admin.ask<{ disableAccount: { job: { id: string } } }>(
      'mutation ($input: AccountInput!) { disableAccount(input: $input) { job { id } } }',
      { input: { id: tenant.accountId } },
    );
    await changeState(server.admin, 'enable', tenant.accountId);
    expect((await followJob(server.admin, disableAccount.job.id)).status).toBe('SUCCEEDED');
  });

  test('nobody locks, disables or deletes the own account or user', async () => {
    const { viewer } = await server.admin.ask<{ viewer: { user: { id: string; account: { id: string } } } }>(
      '{ viewer { user { id account { id } } } }',
    );
    for (const ask of [
      ['AccountInput', 'lockAccount', viewer.user.account.id],
      ['AccountInput', 'disableAccount', viewer.user.account.id],
      ['DeleteAccountInput', 'deleteAccount', viewer.user.account.id],
      ['UserInput', 'lockUser', viewer.user.id],
      ['UserInput', 'disableUser', viewer.user.id],
      ['UserInput', 'deleteUser', viewer.user.id],
    ]) {
      const [type, field, id] = ask;
      const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
      expect(await refusalOf(server.admin, query, { input: { id } }), field).toMatchObject({
        code: 'INVALID_STATE',
      });
    }
  });
});

test('the last Root Admin stays one', async () => {
  const other = await aTenant(server, 'second-root', { role: roleId('Root Admin') });
  const { viewer } = await server.admin.ask<{ viewer: { user: { account: { id: string } } } }>(
    '{ viewer { user { account { id } } } }',
  );
  const demote = 'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }';
  const user = roleId('User');
  await other.client.ask(demote, { input: { id: other.accountId, roleId: user } });
  expect(
    await refusalOf(server.admin, demote, { input: { id: viewer.user.account.id, roleId: user } }),
  ).toMatchObject({ code: 'INVALID_STATE' });
  await eventually(
    () => other.client.send('{ hosts { totalCount } }'),
    ({ errors }) => errors?.[0]?.extensions.code === 'FORBIDDEN',
    2,
  );
});
