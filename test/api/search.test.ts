import { afterAll, beforeAll, expect, test } from 'vitest';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';
import type { ApiClient } from '../support/api-client.ts';

let server: TestServer;
let zone: TestZone;
let tenant: Tenant;
let machineId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  const choice = {
    zoneId: zone.zoneId,
    templateId: await registerTemplate(server.admin, zone.zoneId),
    serviceOfferingId: await serviceOfferingId(server.admin),
  };
  await deploy(server.admin, { ...choice, name: 'api-web-2' });
  ({ id: machineId } = (
    await deploy(server.admin, { ...choice, name: 'web-1', tags: [{ key: 'env', value: 'prod' }] })
  ).machine);
  tenant = await aTenant(server, 'web-shop');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Hit {
  id: string;
  kind: string;
  name: string;
  detail: string | null;
}

async function found(client: ApiClient, text: string, first = 5): Promise<Hit[]> {
  const { search } = await client.ask<{ search: Hit[] }>(
    'query ($text: String!, $first: Int!) { search(text: $text, first: $first) { id kind name detail } }',
    { text, first },
  );
  return search;
}

test('finds by name across kinds, what begins so before what only holds it', async () => {
  const hits = await found(server.admin, 'WEB');
  const machines = hits.filter(({ kind }) => kind === 'VirtualMachine').map(({ name }) => name);
  expect(machines).toEqual(['web-1', 'api-web-2']);
  expect(hits.map(({ kind, name }) => `${kind} ${name}`)).toContain('Account web-shop');
});

test('finds by tag, address, MAC and id, each thing once', async () => {
  const nic = await server.db
    .selectFrom('Nic')
    .select(['ipAddress', 'macAddress'])
    .where('virtualMachineId', '=', machineId as never)
    .executeTakeFirstOrThrow();
  const ip = String(nic.ipAddress).split('/')[0]!;
  for (const [text, detail] of [
    ['env=prod', 'env=prod'],
    [ip, ip],
    [nic.macAddress.slice(3).replaceAll(':', '-').toUpperCase(), nic.macAddress],
    [machineId, null],
  ] as const) {
    const hits = (await found(server.admin, text)).filter(({ kind }) => kind === 'VirtualMachine');
    expect([text, hits]).toEqual([text, [expect.objectContaining({ id: machineId, name: 'web-1', detail })]]);
  }
  const job = await server.db.selectFrom('Job').select('id').executeTakeFirstOrThrow();
  expect(await found(server.admin, job.id)).toMatchObject([{ id: job.id, kind: 'Job' }]);
});

test('shows nobody what is not theirs, however it is asked for', async () => {
  const { hostname } = await server.db
    .selectFrom('Host')
    .select('name as hostname')
    .executeTakeFirstOrThrow();
  for (const text of ['web-1', 'env=prod', machineId, hostname]) {
    const hits = await found(tenant.client, text);
    expect(hits.filter(({ id }) => id === machineId || id.startsWith('host_'))).toEqual([]);
  }
  expect(await found(tenant.client, 'web-shop')).toMatchObject([{ kind: 'Account' }, { kind: 'User' }]);
});

test('takes one statement for what it finds, and names what is wrong with a bad question', async () => {
  await found(server.admin, 'web');
  const counts: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = server.statements();
    await found(server.admin, 'web');
    counts.push(server.statements() - before);
  }
  // One reads who asks.
  expect(Math.min(...counts)).toBeLessThanOrEqual(2);
  await expect(found(server.admin, 'x', 21)).rejects.toThrow('first');
  await expect(found(server.admin, 'x'.repeat(201))).rejects.toThrow('text');
  expect(await found(server.admin, '100%')).toEqual([]);
});
