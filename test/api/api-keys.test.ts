import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, anApiKey, aTenant, roleId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let owner: Tenant;
let stranger: Tenant;
let above: Tenant;
let beside: Tenant;
let looking: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  const domainId = await aDomain(server.db, 'customer');
  const other = await aDomain(server.db, 'other');
  owner = await aTenant(server, 'owner', { domainId });
  stranger = await aTenant(server, 'stranger', { domainId });
  above = await aTenant(server, 'above', { domainId, role: roleId('Domain Admin') });
  looking = await aTenant(server, 'looking', { domainId, role: roleId('Domain Admin (read-only)') });
  beside = await aTenant(server, 'beside', { domainId: other, role: roleId('Domain Admin') });
  await server.db
    .insertInto('ResourceLimit')
    .values({ ownerId: owner.accountId, resource: 'API_KEY', maximum: -1n })
    .execute();
});

afterAll(() => server[Symbol.asyncDispose]());

interface KeyView {
  id: string;
  name: string;
  scopes: string[];
  allowedCidrs: string[];
  expiresAt: string | null;
  isExpired: boolean;
  lastUsedAt: string | null;
  lastUsedAddress: string | null;
}

const fields = 'id name scopes allowedCidrs expiresAt isExpired lastUsedAt lastUsedAddress';
const createMutation = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { token apiKey { ${fields} } } }`;
const deleteMutation = 'mutation ($id: ID!) { deleteApiKey(input: { id: $id }) { apiKeyId } }';

async function makeKey(client: ApiClient, input: Record<string, unknown>) {
  const { createApiKey } = await client.ask<{ createApiKey: { token: string; apiKey: KeyView } }>(
    createMutation,
    { input },
  );
  const { token, apiKey } = createApiKey;
  return { key: apiKey, client: new ApiClient(server.url, { authorization: `Bearer ${token}` }) };
}

async function keysOf(client: ApiClient, userId: string): Promise<KeyView[]> {
  const { userApiKeys } = await client.ask<{ userApiKeys: KeyView[] }>(
    `query ($userId: ID!) { userApiKeys(userId: $userId) { ${fields} } }`,
    { userId },
  );
  return userApiKeys;
}

const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const codeOf = async (client: ApiClient, query: string) =>
  (await client.send(query)).errors?.[0]?.extensions.code ?? 'answered';

describe('the scopes of a key', () => {
  test('confine it, and its owner’s role does so too', async () => {
    const { key, client } = await makeKey(owner.client, {
      name: 'lists',
      scopes: ['virtualMachine.list', 'zone.*', 'virtualMachine.list'],
    });
    expect(key).toMatchObject({
      scopes: ['virtualMachine.list', 'zone.*'],
      allowedCidrs: [],
      isExpired: false,
    });
    expect(await codeOf(client, '{ virtualMachines { nodes { id } } }')).toBe('answered');
    expect(await codeOf(client, '{ zones { nodes { id } } }')).toBe('answered');
    for (const query of ['{ volumes { nodes { id } } }', '{ apiKeys { id } }', '{ hosts { nodes { id } } }'])
      expect(await codeOf(client, query)).toBe('FORBIDDEN');
    // Allowed by the scope, not by the role.
    const zone = 'zone_00000000000000000000000000';
    expect(
      await refusalOf(
        client,
        'mutation ($id: ID!) { setZoneAllocation(input: { id: $id, isEnabled: false }) { zone { id } } }',
        { id: zone },
      ),
    ).toMatchObject({ code: 'FORBIDDEN' });
  });

  test.each([['virtualMachine'], ['virtualMachine.fly'], ['*.*.*'], ['machine*'], ['']])(
    '%j is none',
    async (scope) => {
      expect(
        await refusalOf(owner.client, createMutation, { input: { name: 'bad', scopes: ['*.list', scope] } }),
      ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.scopes.1', value: JSON.stringify(scope) });
    },
  );
});

test('a key that is made by a key is never wider than that', async () => {
  const expiresAt = hours(2);
  const narrow = { scopes: ['apiKey.*', '*.list'], allowedCidrs: ['127.0.0.0/8', '::1'], expiresAt };
  const { client } = await makeKey(owner.client, { name: 'narrow', ...narrow });
  for (const [field, value] of [
    ['scopes', undefined],
    ['scopes', []],
    ['scopes', ['*']],
    ['scopes', ['volume.list', 'virtualMachine.*']],
    ['allowedCidrs', undefined],
    ['allowedCidrs', ['127.0.0.0/7']],
    ['allowedCidrs', ['127.0.0.1', '::/0']],
    ['expiresAt', undefined],
    ['expiresAt', hours(3)],
  ] as const)
    expect(
      await refusalOf(client, createMutation, { input: { name: 'wide', ...narrow, [field]: value } }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: `input.${field}` });
  const { key } = await makeKey(client, {
    name: 'narrower',
    scopes: ['volume.list', 'apiKey.list'],
    allowedCidrs: ['127.0.0.1'],
    expiresAt: hours(1),
  });
  expect(key.scopes).toEqual(['volume.list', 'apiKey.list']);
  expect((await keysOf(owner.client, owner.userId)).map(({ name }) => name)).not.toContain('wide');
});

describe('where a key may be used from', () => {
  test('is kept without host bits and checked at every use', async () => {
    const here = await makeKey(owner.client, {
      name: 'here',
      allowedCidrs: ['127.9.9.9/8', '2001:db8::1/32'],
    });
    expect(here.key.allowedCidrs).toEqual(['127.0.0.0/8', '2001:db8::/32']);
    expect(await codeOf(here.client, '{ zones { nodes { id } } }')).toBe('answered');
    const there = await makeKey(owner.client, { name: 'there', allowedCidrs: ['10.0.0.0/8', '::1/128'] });
    expect(await codeOf(there.client, '{ zones { nodes { id } } }')).toBe('UNAUTHENTICATED');
    const following = there.client.follow('subscription { changes { cursor } }');
    await expect(following.next()).rejects.toMatchObject({ code: 4403 });
    const keys = await keysOf(owner.client, owner.userId);
    expect(keys.find(({ name }) => name === 'here')).toMatchObject({ lastUsedAddress: '127.0.0.1' });
    expect(keys.find(({ name }) => name === 'here')?.lastUsedAt).not.toBeNull();
    expect(keys.find(({ name }) => name === 'there')).toMatchObject({
      lastUsedAt: null,
      lastUsedAddress: null,
    });
  });

  test.each(['10.0.0.0/33', 'localhost', '10.1/16', '::/129', 'fe80::1%eth0'])(
    '%s is no network',
    async (cidr) => {
      expect(
        await refusalOf(owner.client, createMutation, { input: { name: 'bad', allowedCidrs: [cidr] } }),
      ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.allowedCidrs.0' });
    },
  );
});

test('a key ends when it should', async () => {
  expect(
    await refusalOf(owner.client, createMutation, { input: { name: 'past', expiresAt: hours(-1) } }),
  ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.expiresAt' });
  const { key, client } = await makeKey(owner.client, { name: 'short', expiresAt: hours(1) });
  expect(await codeOf(client, '{ zones { nodes { id } } }')).toBe('answered');
  await server.db
    .updateTable('ApiKey')
    .set({ expiresAt: new Date(Date.now() - 1000) })
    .where('id', '=', key.id as never)
    .execute();
  expect(await codeOf(client, '{ zones { nodes { id } } }')).toBe('UNAUTHENTICATED');
  expect(await keysOf(owner.client, owner.userId)).toContainEqual(
    expect.objectContaining({ name: 'short', isExpired: true }),
  );
});

test('no key is made before a password that must be changed', async () => {
  const newcomer = await aTenant(server, 'newcomer');
  await server.db
    .updateTable('User')
    .set({ mustChangePassword: true })
    .where('id', '=', newcomer.userId)
    .execute();
  expect(await refusalOf(newcomer.client, createMutation, { input: { name: 'early' } })).toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(
    await server.db.selectFrom('ApiKey').select('id').where('userId', '=', newcomer.userId).execute(),
  ).toHaveLength(1);
});

describe('the keys of others', () => {
  test('are seen by those who administer the user, never with the token', async () => {
    const { key } = await makeKey(owner.client, { name: 'seen' });
    for (const { client } of [owner, above, looking])
      expect((await keysOf(client, owner.userId)).map(({ name }) => name)).toContain('seen');
    expect((await keysOf(server.admin, owner.userId)).map(({ name }) => name)).toContain('seen');
    for (const { client } of [stranger, beside]) {
      const query = 'query ($userId: ID!) { userApiKeys(userId: $userId) { id } }';
      expect(await refusalOf(client, query, { userId: owner.userId })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await refusalOf(client, deleteMutation, { id: key.id })).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('are deleted by those who rank above, and not by those who only look on', async () => {
    const { key, client } = await makeKey(owner.client, { name: 'deleted' });
    expect(await refusalOf(looking.client, deleteMutation, { id: key.id })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(
      await refusalOf(above.client, deleteMutation, {
        id: (await anApiKey(server, await adminUser())).apiKeyId,
      }),
    ).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await codeOf(client, '{ zones { nodes { id } } }')).toBe('answered');
    const following = client.follow('subscription { changes { cursor } }').next();
    const closed = expect(following).rejects.toMatchObject({ code: 4403 });
    await sleep(300);
    const at = Date.now();
    await above.client.ask(deleteMutation, { id: key.id });
    await closed;
    expect(Date.now() - at).toBeLessThan(2000);
    expect(await codeOf(client, '{ zones { nodes { id } } }')).toBe('UNAUTHENTICATED');
    expect(await refusalOf(owner.client, deleteMutation, { id: key.id })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  const adminUser = async () => {
    const user = await server.db
      .selectFrom('User')
      .select(['id', 'accountId'])
      .where('username', '=', 'admin')
      .executeTakeFirstOrThrow();
    return { userId: user.id, accountId: user.accountId };
  };
});

test('keys count against the limit of the account, and no more once they are deleted', async () => {
  const limited = await aTenant(server, 'limited');
  await server.db
    .insertInto('ResourceLimit')
    .values({ ownerId: limited.accountId, resource: 'API_KEY', maximum: 3n })
    .execute();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      limited.client.send(createMutation, { input: { name: `key-${index}` } }),
    ),
  );
  const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'made').sort();
  expect(codes).toEqual([...Array<string>(8).fill('RESOURCE_LIMIT_EXCEEDED'), 'made', 'made']);
  const [made] = (await keysOf(limited.client, limited.userId)).filter(({ name }) => name.startsWith('key-'));
  await limited.client.ask(deleteMutation, { id: made!.id });
  await makeKey(limited.client, { name: 'another' });
  expect(await refusalOf(limited.client, createMutation, { input: { name: 'key-11' } })).toMatchObject({
    code: 'RESOURCE_LIMIT_EXCEEDED',
  });
});

test('two keys of one user have two names', async () => {
  await makeKey(owner.client, { name: 'twice' });
  expect(await refusalOf(owner.client, createMutation, { input: { name: 'twice' } })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.name',
  });
  await makeKey(stranger.client, { name: 'twice' });
});
