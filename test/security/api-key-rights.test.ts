import { newId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, anApiKey, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let tenant: Tenant;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: '127.0.0.1' });
  tenant = await aTenant(server, 'tenant');
});

afterAll(() => server[Symbol.asyncDispose]());

const createMutation = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { token apiKey { id } } }`;

async function create(client: ApiClient, input: Record<string, unknown>): Promise<ApiClient> {
  const { createApiKey } = await client.ask<{ createApiKey: { token: string } }>(createMutation, {
    input: { name: `key ${process.hrtime.bigint()}`, ...input },
  });
  return new ApiClient(server.url, { authorization: `Bearer ${createApiKey.token}` });
}

async function rightsOf(client: ApiClient): Promise<string[]> {
  const { viewer } = await client.ask<{ viewer: { permissions: string[] } }>('{ viewer { permissions } }');
  return viewer.permissions;
}

test('a key allows what its scopes and its owner’s role do, and nothing else', async () => {
  const own = await rightsOf(tenant.client);
  const scoped = await rightsOf(
    await create(tenant.client, { scopes: ['virtualMachine.*', 'host.*', 'zone.list'] }),
  );
  expect(scoped).toEqual(own.filter((right) => /^(virtualMachine\.|zone\.list$)/.test(right)));
  expect(scoped.some((right) => right.startsWith('host.'))).toBe(false);
});

test('a role that gets narrower makes its keys narrower, at once', async () => {
  const roleId = newId('Role');
  const rules = (...allowed: string[]) =>
    JSON.stringify(allowed.map((pattern) => ({ effect: 'ALLOW', pattern })));
  await server.db
    .insertInto('Role')
    .values({
      id: roleId,
      name: 'narrowing',
      description: '',
      accountType: 'USER',
      isBuiltIn: false,
      rules: rules('*'),
    })
    .execute();
  const owner = await aTenant(server, 'owner', { role: roleId });
  const { client } = await anApiKey(server, owner, ['virtualMachine.*', 'zone.list']);
  expect(await rightsOf(client)).toContain('virtualMachine.start');
  await server.db
    .updateTable('Role')
    .set({ rules: rules('zone.list') })
    .where('id', '=', roleId)
    .execute();
  expect(await rightsOf(client)).toEqual(['zone.list']);
  const start =
    'mutation ($input: StartVirtualMachineInput!) { startVirtualMachine(input: $input) { job { id } } }';
  expect(await refusalOf(client, start, { input: { id: newId('VirtualMachine') } })).toMatchObject({
    code: 'FORBIDDEN',
  });
  await server.db
    .updateTable('Role')
    .set({ rules: rules('*') })
    .where('id', '=', roleId)
    .execute();
  expect((await rightsOf(client)).every((right) => /^virtualMachine\.|^zone\.list$/.test(right))).toBe(true);
});

test('a key makes no key that is wider than itself', async () => {
  const narrow = await create(tenant.client, { scopes: ['apiKey.*', 'zone.list'] });
  const refused = await narrow.send(createMutation, {
    input: { name: 'wider', scopes: ['virtualMachine.*'] },
  });
  expect(refused.errors?.[0]?.extensions.code).toMatch(/^(FORBIDDEN|VALIDATION_FAILED)$/);
  for (const input of [{}, { scopes: ['*'] }, { scopes: [] }]) {
    const answer = await narrow.send(createMutation, {
      input: { name: `w ${process.hrtime.bigint()}`, ...input },
    });
    if (answer.errors !== undefined) continue;
    const { createApiKey } = answer.data as { createApiKey: { token: string } };
    const made = new ApiClient(server.url, { authorization: `Bearer ${createApiKey.token}` });
    const rights = await rightsOf(made);
    expect(rights.every((right) => right.startsWith('apiKey.') || right === 'zone.list')).toBe(true);
  }
});

test('a key that runs out makes none that lives longer', async () => {
  const expiresAt = new Date(Date.now() + 60_000);
  const mortal = await create(tenant.client, { expiresAt: expiresAt.toISOString() });
  const answer = await mortal.send(createMutation, { input: { name: 'immortal' } });
  if (answer.errors === undefined) {
    const { createApiKey } = answer.data as { createApiKey: { apiKey: { id: string } } };
    const made = await server.db
      .selectFrom('ApiKey')
      .select('expiresAt')
      .where('id', '=', createApiKey.apiKey.id as never)
      .executeTakeFirstOrThrow();
    expect(made.expiresAt?.getTime()).toBeLessThanOrEqual(expiresAt.getTime());
  } else {
    expect(answer.errors[0]?.extensions.code).toMatch(/^(FORBIDDEN|VALIDATION_FAILED)$/);
  }
});

test('a key works from its networks alone, whatever the client says of itself', async () => {
  const { createApiKey } = await tenant.client.ask<{ createApiKey: { token: string } }>(createMutation, {
    input: { name: 'office', allowedCidrs: ['198.51.100.0/24'] },
  });
  const viewerFrom = async (forwarded: string) => {
    const client = new ApiClient(server.url, {
      authorization: `Bearer ${createApiKey.token}`,
      'x-forwarded-for': forwarded,
    });
    return (await client.ask<{ viewer: unknown }>('{ viewer { sessionId } }')).viewer;
  };
  expect(await viewerFrom('198.51.100.7')).not.toBeNull();
  expect(await viewerFrom('203.0.113.1')).toBeNull();
  expect(await viewerFrom('198.51.100.7, 203.0.113.1')).toBeNull();
});

test('a deleted key and one that ran out are nobody’s', async () => {
  const { apiKeyId, client } = await anApiKey(server, tenant);
  await server.db
    .updateTable('ApiKey')
    .set({ expiresAt: new Date(Date.now() - 1) })
    .where('id', '=', apiKeyId)
    .execute();
  expect((await client.ask<{ viewer: unknown }>('{ viewer { sessionId } }')).viewer).toBeNull();
});
