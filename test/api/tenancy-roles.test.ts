import { setTimeout as sleep } from 'node:timers/promises';
import { rightsByRules } from '@nephos/server/identity/access/rights.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { openSocket } from '../support/open-socket.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, roleId } from '../support/tenancy.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

interface Rule {
  pattern: string;
  effect: 'ALLOW' | 'DENY';
}

interface RoleView {
  id: string;
  name: string;
  accountType: string;
  isBuiltIn: boolean;
  rules: Rule[];
  permissions: string[];
  usedBy: number;
  version: number;
}

const roleFields = 'id name accountType isBuiltIn rules { pattern effect } permissions usedBy version';
const createMutation = `mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { ${roleFields} } } }`;
const updateMutation = `mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { role { ${roleFields} } } }`;
const deleteMutation = 'mutation ($input: DeleteRoleInput!) { deleteRole(input: $input) { roleId } }';

const allow = (pattern: string): Rule => ({ pattern, effect: 'ALLOW' });
const deny = (pattern: string): Rule => ({ pattern, effect: 'DENY' });

async function makeRole(name: string, rules: Rule[], accountType = 'USER'): Promise<RoleView> {
  const { createRole } = await server.admin.ask<{ createRole: { role: RoleView } }>(createMutation, {
    input: { name, accountType, rules },
  });
  return createRole.role;
}

async function changeRules(role: { id: string }, rules: Rule[]): Promise<RoleView> {
  const { updateRole } = await server.admin.ask<{ updateRole: { role: RoleView } }>(updateMutation, {
    input: { id: role.id, rules },
  });
  return updateRole.role;
}

const codeOf = async (client: ApiClient, query: string) =>
  (await client.send(query)).errors?.[0]?.extensions.code;

describe('rules', () => {
  test.each<[string, Rule[], string[], string[]]>([
    ['nothing is allowed without a rule', [], [], ['zone.list']],
    ['one permission', [allow('zone.list')], ['zone.list'], ['zone.update', 'host.list']],
    ['a family', [allow('zone.*')], ['zone.list', 'zone.update'], ['host.list']],
    ['a verb', [allow('*.list')], ['zone.list', 'host.list'], ['zone.update']],
    ['everything', [allow('*')], ['zone.list', 'host.add'], []],
    [
      'the first that matches decides',
      [deny('zone.update'), allow('zone.*')],
      ['zone.list'],
      ['zone.update'],
    ],
    ['and not a later one', [allow('zone.*'), deny('zone.update')], ['zone.list', 'zone.update'], []],
    [
      'a verb before a family',
      [deny('*.delete'), allow('template.*')],
      ['template.list'],
      ['template.delete'],
    ],
    ['deny all before allow', [deny('*'), allow('zone.list')], [], ['zone.list']],
  ])('%s', async (name, rules, allowed, denied) => {
    const { permissions } = await makeRole(`rule - ${name}`, rules, 'ROOT_ADMIN');
    expect(permissions).toEqual(expect.arrayContaining(allowed));
    for (const permission of denied) expect(permissions).not.toContain(permission);
    expect(permissions).toEqual([...rightsByRules('ROOT_ADMIN', rules)]);
  });

  test.each(['zone', 'zone.', '.list', 'zone.lst', 'host.*.list', 'Zone.list', '*.', '**', 'zone.list ', ''])(
    '%j is no pattern',
    async (pattern) => {
      const rules = [allow('zone.list'), allow(pattern)];
      const input = { name: 'wrong', accountType: 'USER', rules };
      expect(await refusalOf(server.admin, createMutation, { input })).toMatchObject({
        code: 'VALIDATION_FAILED',
        path: 'input.rules.1.pattern',
      });
    },
  );

  test('a tenant’s role allows nothing that is for those who run the cloud', async () => {
    const { permissions } = await makeRole('greedy', [allow('*')], 'DOMAIN_ADMIN');
    expect(permissions).toContain('virtualMachine.deploy');
    for (const beyond of ['host.add', 'zone.create', 'role.create', 'setting.update'])
      expect(permissions).not.toContain(beyond);
  });

  test('all permissions there are, by kind of thing', async () => {
    const { permissions } = await server.admin.ask<{
      permissions: { resource: string; permissions: string[] }[];
    }>('{ permissions { resource permissions } }');
    const zone = permissions.find(({ resource }) => resource === 'zone');
    expect(zone?.permissions).toEqual(expect.arrayContaining(['zone.list', 'zone.create']));
  });
});

describe('built-in roles', () => {
  test('stay as they are', async () => {
    const id = roleId('User');
    for (const [query, input] of [
      [updateMutation, { id, name: 'Mine' }],
      [updateMutation, { id, rules: [allow('*')] }],
      [deleteMutation, { id }],
    ] as const) {
      expect(await refusalOf(server.admin, query, { input })).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('can be copied, and the copy be changed', async () => {
    const { createRole } = await server.admin.ask<{ createRole: { role: RoleView } }>(createMutation, {
      input: { name: 'Operator', copyOfId: roleId('User') },
    });
    expect(createRole.role).toMatchObject({ accountType: 'USER', isBuiltIn: false });
    expect(createRole.role.permissions).toContain('virtualMachine.deploy');
    const changed = await changeRules(createRole.role, [deny('*.deploy'), ...createRole.role.rules]);
    expect(changed.permissions).not.toContain('virtualMachine.deploy');
    expect(changed.permissions).toContain('virtualMachine.start');
    expect(changed.version).toBe(createRole.role.version + 1);
  });
});

test('a role that somebody has cannot be deleted', async () => {
  const role = await makeRole('in use', [allow('zone.list')]);
  const tenant = await aTenant(server, 'role-user', { role: role.id as never });
  const refusal = await refusalOf(server.admin, deleteMutation, { input: { id: role.id } });
  expect(refusal).toMatchObject({ code: 'RESOURCE_IN_USE' });
  expect(refusal.message).toContain('used by 1 accounts');
  const { role: seen } = await server.admin.ask<{ role: RoleView }>(
    `query ($id: ID!) { role(id: $id) { ${roleFields} } }`,
    { id: role.id },
  );
  expect(seen.usedBy).toBe(1);
  await server.admin.ask(
    'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }',
    {
      input: { id: tenant.accountId, roleId: roleId('User') },
    },
  );
  await server.admin.ask(deleteMutation, { input: { id: role.id } });
});

test('roles have different names', async () => {
  await makeRole('alike', []);
  const input = { name: 'alike', accountType: 'USER', rules: [] };
  expect(await refusalOf(server.admin, createMutation, { input })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.name',
  });
});

describe('a change', () => {
  const watching = [allow('virtualMachine.list'), allow('change.follow')];

  test('of a role’s rules is seen on the next request, and by open sockets', async () => {
    const role = await makeRole('changing', [...watching, allow('zone.list')]);
    const tenant = await aTenant(server, 'changing', { role: role.id as never });
    await tenant.client.ask('{ zones { totalCount } }');
    const socket = await openSocket(tenant.client);
    await changeRules(role, watching);
    expect(await codeOf(tenant.client, '{ zones { totalCount } }')).toBe('FORBIDDEN');
    expect(await socket.closed()).toBe(4205);
  });

  test('of an account’s role is seen on the next request, and by open sockets', async () => {
    const tenant = await aTenant(server, 'promoted');
    const bystander = await aTenant(server, 'bystander');
    const sockets = [await openSocket(tenant.client), await openSocket(bystander.client)];
    expect(await codeOf(tenant.client, '{ hosts { totalCount } }')).toBe('FORBIDDEN');
    await server.admin.ask(
      'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }',
      {
        input: { id: tenant.accountId, roleId: roleId('Root Admin (read-only)') },
      },
    );
    expect(await codeOf(tenant.client, '{ hosts { totalCount } }')).toBeUndefined();
    expect(await sockets[0]?.closed()).toBe(4205);
    await sleep(500);
    expect(sockets[1]?.isOpen()).toBe(true);
  });

  test('of a name alone leaves sockets open', async () => {
    const role = await makeRole('renamed', watching);
    const tenant = await aTenant(server, 'renamed', { role: role.id as never });
    const socket = await openSocket(tenant.client);
    await server.admin.ask(updateMutation, { input: { id: role.id, name: 'renamed again' } });
    await sleep(500);
    expect(socket.isOpen()).toBe(true);
  });
});
