import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import {
  createProvider,
  createProviderMutation,
  updateProviderMutation,
} from '../support/identity-providers.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let customerId: string;
let customerAdmin: Tenant;
let neighbourAdmin: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  const domainId = await aDomain(server.db, 'customer');
  customerId = domainId;
  const role = roleId('Domain Admin');
  customerAdmin = await aTenant(server, 'customer-admin', { role, domainId });
  neighbourAdmin = await aTenant(server, 'neighbour-admin', {
    role,
    domainId: await aDomain(server.db, 'neighbour'),
  });
});

afterAll(() => server[Symbol.asyncDispose]());

const oidc = { issuer: 'https://id.example.org', clientId: 'nephos' };
const everybody = [{ groupName: '*', roleId: userRoleId }];
const deleteMutation =
  'mutation ($input: DeleteIdentityProviderInput!) { deleteIdentityProvider(input: $input) { identityProviderId } }';
const nodeQuery = `query ($id: ID!) { node(id: $id) { ... on IdentityProvider {
  name kind isEnabled hasSecret version domain { path }
  oidc { issuer clientId scopes usernameClaim groupsClaim } ldap { url baseDn userFilter idAttribute }
  roleMappings { groupName role { name } domain { path } } } } }`;

test('a provider is set up, seen, changed and removed by the administrator of its domain', async () => {
  const { client } = customerAdmin;
  const id = await createProvider(client, {
    name: 'Customer',
    oidc,
    secret: 'never shown again',
    roleMappings: [{ groupName: 'staff', roleId: userRoleId, domainId: customerId }],
  });
  const { node } = await client.ask<{ node: Record<string, unknown> }>(nodeQuery, { id });
  expect(node).toEqual({
    name: 'Customer',
    kind: 'OIDC',
    isEnabled: true,
    hasSecret: true,
    version: 1,
    domain: { path: '/customer' },
    oidc: {
      ...oidc,
      scopes: ['profile', 'email'],
      usernameClaim: 'preferred_username',
      groupsClaim: 'groups',
    },
    ldap: null,
    roleMappings: [{ groupName: 'staff', role: { name: 'User' }, domain: { path: '/customer' } }],
  });
  await client.ask(updateProviderMutation, {
    input: { id, name: 'Customer SSO', isEnabled: false, roleMappings: everybody, expectedVersion: 1 },
  });
  expect((await client.ask<{ node: object }>(nodeQuery, { id })).node).toMatchObject({
    name: 'Customer SSO',
    isEnabled: false,
    hasSecret: true,
    oidc,
    roleMappings: [{ groupName: '*', domain: null }],
  });
  expect(
    await refusalOf(client, updateProviderMutation, { input: { id, name: 'Late', expectedVersion: 1 } }),
  ).toMatchObject({ code: 'VERSION_CONFLICT' });

  const neighbour = neighbourAdmin.client;
  expect(await neighbour.ask(nodeQuery, { id })).toEqual({ node: null });
  expect(await neighbour.ask('{ identityProviders { nodes { id } } }')).toEqual({
    identityProviders: { nodes: [] },
  });
  for (const mutation of [updateProviderMutation, deleteMutation])
    expect(await refusalOf(neighbour, mutation, { input: { id } })).toMatchObject({ code: 'NOT_FOUND' });

  await client.ask(deleteMutation, { input: { id } });
  expect(await client.ask(nodeQuery, { id })).toEqual({ node: null });
});

test('no secret is ever told, and the audit log does not have it either', async () => {
  const secret = 'an unmistakable secret';
  const id = await createProvider(server.admin, { name: 'Secretive', oidc, secret, roleMappings: everybody });
  await server.admin.ask(updateProviderMutation, { input: { id, secret: `${secret} again` } });
  const events = await server.db.selectFrom('AuditEvent').selectAll().where('targetId', '=', id).execute();
  expect(events.map(({ action }) => action)).toEqual(['identityProvider.create', 'identityProvider.update']);
  expect(JSON.stringify(events.map(({ details }) => details))).not.toContain(secret);
  const row = await server.db
    .selectFrom('IdentityProvider')
    .select('secret')
    .where('name', '=', 'Secretive')
    .executeTakeFirstOrThrow();
  expect(row.secret?.includes(secret)).toBe(false);
});

test('a provider that vouches for users stays', async () => {
  const id = await createProvider(server.admin, { name: 'Needed', oidc, roleMappings: everybody });
  await server.db
    .insertInto('User')
    .values({
      id: newId('User'),
      accountId: customerAdmin.accountId,
      username: 'from-outside',
      identityProviderId: id as never,
      externalId: 'x',
    })
    .execute();
  expect(await refusalOf(server.admin, deleteMutation, { input: { id } })).toMatchObject({
    code: 'RESOURCE_IN_USE',
  });
  await server.db.deleteFrom('User').where('username', '=', 'from-outside').execute();
  await server.admin.ask(deleteMutation, { input: { id } });
});

describe('nobody gets more through a provider than they have', () => {
  test('by a role above their own', async () => {
    const input = {
      name: 'Ladder',
      oidc,
      roleMappings: [{ groupName: 'me', roleId: roleId('Root Admin') }],
    };
    expect(await refusalOf(customerAdmin.client, createProviderMutation, { input })).toMatchObject({
      code: 'FORBIDDEN',
      path: 'input.roleMappings.0.roleId',
    });
  });

  test('by the domain of somebody else', async () => {
    const mapped = { groupName: '*', roleId: userRoleId, domainId: neighbourAdmin.domainId };
    const input = { name: 'Sideways', oidc, roleMappings: [mapped] };
    expect(await refusalOf(customerAdmin.client, createProviderMutation, { input })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(
      await refusalOf(server.admin, createProviderMutation, { input: { ...input, domainId: customerId } }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.roleMappings.0.domainId' });
    expect(
      await refusalOf(customerAdmin.client, createProviderMutation, {
        input: { name: 'Away', oidc, domainId: neighbourAdmin.domainId, roleMappings: everybody },
      }),
    ).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('by turning round one that gives more', async () => {
    const id = await createProvider(server.admin, {
      name: 'Powerful',
      domainId: customerId,
      oidc,
      secret: 'for example.org',
      roleMappings: [{ groupName: 'chiefs', roleId: roleId('Root Admin') }],
    });
    const elsewhere = { issuer: 'https://evil.example', clientId: 'nephos' };
    expect(
      await refusalOf(customerAdmin.client, updateProviderMutation, {
        input: { id, oidc: elsewhere, secret: 'x' },
      }),
    ).toMatchObject({ code: 'FORBIDDEN' });
    // Nor is a secret sent to where it was not given for.
    expect(
      await refusalOf(customerAdmin.client, updateProviderMutation, {
        input: { id, oidc: elsewhere, roleMappings: everybody },
      }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.secret' });
  });

  test('by having the servers look round their own network', async () => {
    for (const issuer of [
      'https://127.0.0.1',
      'https://10.0.0.1',
      'https://[::1]',
      'https://169.254.169.254',
      'https://localhost',
    ])
      expect(
        await refusalOf(customerAdmin.client, createProviderMutation, {
          input: { name: 'Inside', oidc: { ...oidc, issuer }, roleMappings: everybody },
        }),
      ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.oidc.issuer' });
    const ldap = { url: 'ldaps://192.168.1.1', baseDn: 'dc=x' };
    expect(
      await refusalOf(customerAdmin.client, createProviderMutation, {
        input: { name: 'Inside', ldap, roleMappings: everybody },
      }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.ldap.url' });
  });
});

const directory = { url: 'ldaps://ldap.example.org', baseDn: 'dc=example,dc=org' };
const wrong: [path: string, input: object][] = [
  ['input.oidc', {}],
  ['input.ldap', { oidc, ldap: directory }],
  ['input.name', { name: '<b>', oidc }],
  ['input.oidc.issuer', { oidc: { ...oidc, issuer: 'http://id.example.org' } }],
  ['input.oidc.issuer', { oidc: { ...oidc, issuer: 'javascript:alert(1)' } }],
  ['input.oidc.issuer', { oidc: { ...oidc, issuer: 'https://user:pass@id.example.org' } }],
  ['input.oidc.issuer', { oidc: { ...oidc, issuer: 'https://id.example.org/?x=1' } }],
  ['input.oidc.clientId', { oidc: { ...oidc, clientId: '' } }],
  ['input.oidc.scopes', { oidc: { ...oidc, scopes: ['two words'] } }],
  ['input.ldap.url', { ldap: { ...directory, url: 'http://ldap.example.org' } }],
  ['input.ldap.url', { ldap: { ...directory, url: 'ldaps://ldap.example.org/dc=x' } }],
  ['input.ldap.startTls', { ldap: { ...directory, url: 'ldap://ldap.example.org' } }],
  ['input.ldap.startTls', { ldap: { ...directory, startTls: true } }],
  ['input.ldap.baseDn', { ldap: { ...directory, baseDn: 'people' } }],
  ['input.ldap.bindDn', { ldap: { ...directory, bindDn: 'EXTERNAL' } }],
  ['input.ldap.userFilter', { ldap: { ...directory, userFilter: '(uid=*)' } }],
  ['input.ldap.userFilter', { ldap: { ...directory, userFilter: '(uid={username}' } }],
  ['input.ldap.idAttribute', { ldap: { ...directory, idAttribute: 'entry UUID' } }],
  ['input.ldap.groupFilter', { ldap: { ...directory, groupBaseDn: 'dc=x' } }],
  ['input.ldap.certificateAuthority', { ldap: { ...directory, certificateAuthority: 'PEM' } }],
  ['input.roleMappings.0.groupName', { oidc, roleMappings: [{ groupName: '', roleId: userRoleId }] }],
];

test.each(wrong)('%s is named when it is wrong: %j', async (path, input) => {
  const whole = { name: 'Wrong', roleMappings: everybody, ...input };
  expect(await refusalOf(server.admin, createProviderMutation, { input: whole })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path,
  });
});

test('the sign-in page learns names, of the domain that it names', async () => {
  await createProvider(server.admin, { name: 'For all', oidc, secret: 'x', roleMappings: everybody });
  await createProvider(server.admin, { name: 'Off', oidc, isEnabled: false, roleMappings: everybody });
  await createProvider(customerAdmin.client, { name: 'Of the customer', oidc, roleMappings: everybody });
  const anonymous = new ApiClient(server.url);
  const offered = async (given: string) => {
    const { signInProviders } = await anonymous.ask<{
      signInProviders: { hasDirectory: boolean; openIdConnect: { name: string }[] };
    }>(`{ signInProviders${given} { hasDirectory openIdConnect { name } } }`);
    return signInProviders.openIdConnect.map(({ name }) => name);
  };
  expect(await offered('')).toContain('For all');
  expect(await offered('')).not.toContain('Off');
  expect(await offered('')).not.toContain('Of the customer');
  expect(await offered('(domain: "/customer")')).toContain('Of the customer');
  expect(await offered('(domain: "/nowhere")')).toEqual([]);
  expect(await offered(String.raw`(domain: "\u0000")`)).toEqual([]);
});
