import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { ApiClient } from '../support/api-client.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, anApiKey, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let tenant: Tenant;
let machineId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  tenant = await aTenant(server, 'tenant');
  const { machine } = await deploy(tenant.client, {
    name: 'screen',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(tenant.client),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  machineId = machine.id;
}, 60_000);

afterAll(async () => {
  await tenant.client.close();
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const grantMutation = `mutation ($input: CreateConsoleAccessInput!) { createConsoleAccess(input: $input) { path } }`;

async function grant(client: ApiClient = tenant.client): Promise<string> {
  const { createConsoleAccess } = await client.ask<{ createConsoleAccess: { path: string } }>(grantMutation, {
    input: { virtualMachineId: machineId },
  });
  return createConsoleAccess.path;
}

/** The token was good, and used up; simulated machines have no screen behind it. */
const opened = 502;
const refused = 401;

/** How the server answers to somebody who wants a screen. */
function open(path: string): Promise<number> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, 'binary');
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
  });
}

test('a token opens once', async () => {
  const path = await grant();
  expect([await open(path), await open(path)]).toEqual([opened, refused]);
});

test('of many who use it at once one gets in', async () => {
  const path = await grant();
  const answers = await Promise.all(Array.from({ length: 8 }, () => open(path)));
  expect(answers.sort()).toEqual([...Array.from({ length: 7 }, () => refused), opened]);
});

test('a token that lay for more than a minute opens nothing', async () => {
  const path = await grant();
  await server.db
    .updateTable('ConsoleToken')
    .set({ expiresAt: new Date(Date.now() - 1) })
    .execute();
  expect(await open(path)).toBe(refused);
});

test('a token lives for a minute', async () => {
  await grant();
  const tokens = await server.db.selectFrom('ConsoleToken').select('expiresAt').execute();
  for (const { expiresAt } of tokens) expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
});

test('a made-up token opens nothing', async () => {
  expect(await open(`/console/vnc/${'A'.repeat(43)}`)).toBe(refused);
});

test('the token alone says which machine: nothing beside it is listened to', async () => {
  const path = await grant();
  expect(await open(`${path}?machineId=vm_another&token=another`)).toBe(opened);
  const stored = await server.db.selectFrom('ConsoleToken').selectAll().execute();
  expect(JSON.stringify(stored)).not.toContain(path.split('/').at(-1));
});

test('nobody gets a token for another tenant’s machine', async () => {
  const stranger = await aTenant(server, 'stranger');
  expect(
    await refusalOf(stranger.client, grantMutation, { input: { virtualMachineId: machineId } }),
  ).toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a token dies with the key that it was made with', async () => {
  const { apiKeyId, client } = await anApiKey(server, tenant);
  const path = await grant(client);
  await tenant.client.ask(
    'mutation ($input: DeleteApiKeyInput!) { deleteApiKey(input: $input) { apiKeyId } }',
    {
      input: { id: apiKeyId },
    },
  );
  expect(await open(path)).toBe(refused);
});

test('a token dies when its owner may no longer sign in', async () => {
  const path = await grant();
  await server.db.updateTable('User').set({ state: 'DISABLED' }).where('id', '=', tenant.userId).execute();
  expect(await open(path)).toBe(refused);
  await server.db.updateTable('User').set({ state: 'ENABLED' }).where('id', '=', tenant.userId).execute();
});
