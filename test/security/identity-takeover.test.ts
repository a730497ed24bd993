import type { Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, anApiKey, aTenant, roleId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let here: Id<'Domain'>;
let below: Id<'Domain'>;
let beside: Id<'Domain'>;
/** Who is gone after, by name. */
let targets: Record<'root' | 'rootInDomain' | 'resource' | 'besides', Tenant>;
let domainAdmin: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  here = await aDomain(server.db, 'here');
  below = await aDomain(server.db, 'below', here);
  beside = await aDomain(server.db, 'beside');
  domainAdmin = await aTenant(server, 'domain-admin', { role: roleId('Domain Admin'), domainId: here });
  targets = {
    root: await aTenant(server, 'other-root', { role: roleId('Root Admin') }),
    rootInDomain: await aTenant(server, 'root-in-domain', { role: roleId('Root Admin'), domainId: below }),
    resource: await aTenant(server, 'resource-admin', { role: roleId('Resource Admin'), domainId: below }),
    besides: await aTenant(server, 'admin-beside', { role: roleId('Domain Admin'), domainId: beside }),
  };
});

afterAll(() => server[Symbol.asyncDispose]());

type Attempt = (target: Tenant) => { query: string; input: Record<string, unknown> };

const mutation = (field: string, type: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;

/** Every way to become somebody, or to keep them out. */
const attempts: Record<string, Attempt> = {
  'set their password': ({ userId }) => ({
    query: mutation('resetPassword', 'ResetPasswordInput'),
    input: { id: userId, password: 'known to the attacker', mustChangePassword: false },
  }),
  'get a link that sets their password': ({ userId }) => ({
    query: mutation('resetPassword', 'ResetPasswordInput'),
    input: { id: userId },
  }),
  'take their second factor away': ({ userId }) => ({
    query: mutation('resetSecondFactor', 'UserInput'),
    input: { id: userId },
  }),
  'change their user name': ({ userId }) => ({
    query: mutation('updateUser', 'UpdateUserInput'),
    input: { id: userId, username: 'somebody-else' },
  }),
  'change their e-mail address': ({ userId }) => ({
    query: mutation('updateUser', 'UpdateUserInput'),
    input: { id: userId, email: 'attacker@example.org' },
  }),
  'add a user to their account': ({ accountId }) => ({
    query: mutation('createUser', 'CreateUserInput'),
    input: { accountId, username: 'accomplice', password: 'known to the attacker' },
  }),
  'lock the user': ({ userId }) => ({ query: mutation('lockUser', 'UserInput'), input: { id: userId } }),
  'disable the user': ({ userId }) => ({
    query: mutation('disableUser', 'UserInput'),
    input: { id: userId },
  }),
  'enable the user': ({ userId }) => ({ query: mutation('enableUser', 'UserInput'), input: { id: userId } }),
  'delete the user': ({ userId }) => ({ query: mutation('deleteUser', 'UserInput'), input: { id: userId } }),
  'change their role': ({ accountId }) => ({
    query: mutation('updateAccount', 'UpdateAccountInput'),
    input: { id: accountId, roleId: roleId('User') },
  }),
  'rename the account': ({ accountId }) => ({
    query: mutation('updateAccount', 'UpdateAccountInput'),
    input: { id: accountId, name: 'renamed' },
  }),
  'lock the account': ({ accountId }) => ({
    query: mutation('lockAccount', 'AccountInput'),
    input: { id: accountId },
  }),
  'disable the account': ({ accountId }) => ({
    query: mutation('disableAccount', 'AccountInput'),
    input: { id: accountId },
  }),
  'enable the account': ({ accountId }) => ({
    query: mutation('enableAccount', 'AccountInput'),
    input: { id: accountId },
  }),
  'delete the account': ({ accountId }) => ({
    query: mutation('deleteAccount', 'DeleteAccountInput'),
    input: { id: accountId },
  }),
  'delete their API key': ({ apiKeyId }) => ({
    query: mutation('deleteApiKey', 'DeleteApiKeyInput'),
    input: { id: apiKeyId },
  }),
};

/** Every row by which somebody could be taken over. */
async function identitiesOf(tenants: readonly Tenant[]) {
  const userIds = tenants.map(({ userId }) => userId);
  const accountIds = tenants.map(({ accountId }) => accountId);
  const { db } = server;
  return {
    users: await db
      .selectFrom('User')
      .selectAll()
      .where('accountId', 'in', accountIds)
      .orderBy('id')
      .execute(),
    accounts: await db
      .selectFrom('Account')
      .selectAll()
      .where('id', 'in', accountIds)
      .orderBy('id')
      .execute(),
    keys: await db
      .selectFrom('ApiKey')
      .select(['id', 'tokenHash'])
      .where('userId', 'in', userIds)
      .orderBy('id')
      .execute(),
    links: await db.selectFrom('SetupLink').selectAll().where('userId', 'in', userIds).execute(),
  };
}

async function tryAll(attacker: ApiClient, target: Tenant): Promise<Record<string, string>> {
  const before = await identitiesOf([target]);
  const outcomes: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    const { query, input } = attempt(target);
    outcomes[name] = (await refusalOf(attacker, query, { input })).code;
  }
  expect(await identitiesOf([target])).toEqual(before);
  return outcomes;
}

const allAre = (code: string) => Object.fromEntries(Object.keys(attempts).map((name) => [name, code]));

describe('a domain administrator', () => {
  test('does nothing to a Root Admin who is in the domain', async () => {
    expect(await tryAll(domainAdmin.client, targets.rootInDomain)).toEqual(allAre('FORBIDDEN'));
  });

  test('does nothing to a Resource Admin who is in the domain', async () => {
    expect(await tryAll(domainAdmin.client, targets.resource)).toEqual(allAre('FORBIDDEN'));
  });

  test.each(['root', 'besides'] as const)('does not even see those above and beside: %s', async (name) => {
    expect(await tryAll(domainAdmin.client, targets[name])).toEqual(allAre('NOT_FOUND'));
  });

  test('makes no account in a foreign domain, and none that may do more', async () => {
    const query = mutation('createAccount', 'CreateAccountInput');
    const account = { name: 'new', username: 'new' };
    for (const domainId of [
      beside,
      (
        await server.db
          .selectFrom('Domain')
          .select('id')
          .where('parentId', 'is', null)
          .executeTakeFirstOrThrow()
      ).id,
    ]) {
      expect(await refusalOf(domainAdmin.client, query, { input: { ...account, domainId } })).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    for (const name of [
      'Root Admin',
      'Root Admin (read-only)',
      'Resource Admin',
      'Resource Admin (read-only)',
    ]) {
      const refusal = await refusalOf(domainAdmin.client, query, {
        input: { ...account, roleId: roleId(name) },
      });
      expect(refusal, name).toMatchObject({ code: 'FORBIDDEN', path: 'input.roleId' });
    }
  });

  test('gives nobody, not even themselves, a role that may do more', async () => {
    const user = await aTenant(server, 'plain-user', { domainId: here });
    const query = mutation('updateAccount', 'UpdateAccountInput');
    for (const { accountId } of [user, domainAdmin]) {
      const input = { id: accountId, roleId: roleId('Root Admin') };
      expect(await refusalOf(domainAdmin.client, query, { input })).toMatchObject({
        code: 'FORBIDDEN',
        path: 'input.roleId',
      });
    }
    await domainAdmin.client.ask(query, { input: { id: user.accountId, roleId: roleId('Domain Admin') } });
  });

  test('writes no roles', async () => {
    const input = {
      name: 'mine',
      accountType: 'DOMAIN_ADMIN',
      rules: [{ pattern: 'zone.list', effect: 'ALLOW' }],
    };
    expect(
      await refusalOf(domainAdmin.client, mutation('createRole', 'CreateRoleInput'), { input }),
    ).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('an administrator who may do less', () => {
  async function customAdmin(name: string, patterns: string[]): Promise<Tenant> {
    const { createRole } = await server.admin.ask<{ createRole: { role: { id: Id<'Role'> } } }>(
      'mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }',
      {
        input: {
          name,
          accountType: 'ROOT_ADMIN',
          rules: patterns.map((pattern) => ({ pattern, effect: 'ALLOW' })),
        },
      },
    );
    return aTenant(server, name, { role: createRole.role.id });
  }

  test('of the same rank does nothing to a full administrator', async () => {
    const helpdesk = await customAdmin('helpdesk', ['*.list', 'user.*', 'account.*', 'apiKey.*', 'node.get']);
    expect(await tryAll(helpdesk.client, targets.root)).toEqual(allAre('FORBIDDEN'));
  });

  test('does not make themselves a full one', async () => {
    const clerk = await customAdmin('clerk', ['*.list', 'user.*', 'account.*']);
    const update = mutation('updateAccount', 'UpdateAccountInput');
    expect(
      await refusalOf(clerk.client, update, { input: { id: clerk.accountId, roleId: roleId('Root Admin') } }),
    ).toMatchObject({ code: 'FORBIDDEN', path: 'input.roleId' });
    const create = mutation('createAccount', 'CreateAccountInput');
    const input = { name: 'puppet', username: 'puppet', roleId: roleId('Root Admin') };
    expect(await refusalOf(clerk.client, create, { input })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('writes no role that may do more, not even by changing the own one', async () => {
    const author = await customAdmin('author', ['*.list', 'role.*', 'zone.*']);
    const create = mutation('createRole', 'CreateRoleInput');
    const role = { name: 'by-author', accountType: 'ROOT_ADMIN' };
    for (const pattern of ['*', 'host.*', '*.delete', 'account.create']) {
      const input = { ...role, rules: [{ pattern, effect: 'ALLOW' }] };
      expect(await refusalOf(author.client, create, { input }), pattern).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(
      await refusalOf(author.client, create, { input: { name: 'copy', copyOfId: roleId('Root Admin') } }),
    ).toMatchObject({ code: 'FORBIDDEN' });
    const { viewer } = await author.client.ask<{ viewer: { user: { account: { role: { id: string } } } } }>(
      '{ viewer { user { account { role { id } } } } }',
    );
    const own = { id: viewer.user.account.role.id, rules: [{ pattern: '*', effect: 'ALLOW' }] };
    expect(
      await refusalOf(author.client, mutation('updateRole', 'UpdateRoleInput'), { input: own }),
    ).toMatchObject({ code: 'FORBIDDEN' });
    await author.client.ask(create, { input: { ...role, rules: [{ pattern: 'zone.*', effect: 'ALLOW' }] } });
  });

  test('of support lets tenants in again, and no full administrator', async () => {
    const support = await aTenant(server, 'support', { role: roleId('Root Admin (support)') });
    const user = await aTenant(server, 'locked-user', { domainId: here });
    const enable = mutation('enableUser', 'UserInput');
    for (const { userId } of [user, targets.root]) {
      await server.db.updateTable('User').set({ state: 'LOCKED' }).where('id', '=', userId).execute();
    }
    await support.client.ask(enable, { input: { id: user.userId } });
    expect(await refusalOf(support.client, enable, { input: { id: targets.root.userId } })).toMatchObject({
      code: 'FORBIDDEN',
    });
    await server.db
      .updateTable('User')
      .set({ state: 'ENABLED' })
      .where('id', '=', targets.root.userId)
      .execute();
  });

  test('by the scopes of an API key gives away only what the key may do', async () => {
    const root = await aTenant(server, 'scoped-root', { role: roleId('Root Admin') });
    const { client } = await anApiKey(server, root, ['account.*', 'role.list', 'user.*', 'domain.list']);
    const create = mutation('createAccount', 'CreateAccountInput');
    const input = { name: 'by-key', username: 'by-key', roleId: roleId('Root Admin') };
    expect(await refusalOf(client, create, { input })).toMatchObject({
      code: 'FORBIDDEN',
      path: 'input.roleId',
    });
    const reset = mutation('resetPassword', 'ResetPasswordInput');
    expect(await refusalOf(client, reset, { input: { id: targets.root.userId } })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

test('a user does nothing to anybody', async () => {
  const user = await aTenant(server, 'nobody', { domainId: here });
  const outcomes = await tryAll(user.client, domainAdmin);
  for (const [name, code] of Object.entries(outcomes)) expect(code, name).toMatch(/^(FORBIDDEN|NOT_FOUND)$/);
});

test('the project’s account is nobody’s to take over', async () => {
  const member = await aTenant(server, 'project-maker', { role: roleId('Domain Admin'), domainId: here });
  const { createProject } = await member.client.ask<{
    createProject: { project: { accountId: Id<'Account'> } };
  }>('mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { accountId } } }', {
    input: { name: 'shared' },
  });
  const { accountId } = createProject.project;
  for (const name of [
    'add a user to their account',
    'change their role',
    'disable the account',
    'delete the account',
  ]) {
    const { query, input } = attempts[name]!({ ...member, accountId });
    expect(await refusalOf(member.client, query, { input }), name).toMatchObject({ code: 'INVALID_STATE' });
  }
});
