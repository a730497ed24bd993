import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { gib, writeCloud, type Cloud, type WrittenCloud } from '../support/placement-cloud.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, roleId } from '../support/tenancy.ts';

const host = (cluster: number, cpuMhz: number, memoryGib: number, isEnabled = true) => ({
  ...{ cluster, cpuMhz, memoryGib, isEnabled, isUp: true, isSimulator: true },
  ...{ canTakeRunning: true, hasUefi: true, tags: [], reserved: null },
});
const machine = (onHost: number | null, target: number | null = null) => ({
  ...{ account: 0, host: onHost, target, cpuMhz: 500, memoryGib: 2, groups: [] },
});
const pool = (totalGib: number, allocatedGib: number, usedGib: number, overprovisioning: number | null) => ({
  ...{ isUp: true, tags: [], hosts: [0], totalGib, allocatedGib, usedGib, overprovisioning },
});

/** Two pods; the first has two clusters, of two hosts and of one. */
const cloud: Cloud = {
  isZoneOpen: true,
  pods: [
    { reserved: null, freeAddresses: 3 },
    { reserved: null, freeAddresses: 0 },
  ],
  clusters: [
    { pod: 0, isOpen: true, reserved: null },
    { pod: 0, isOpen: true, reserved: null },
    { pod: 1, isOpen: true, reserved: null },
  ],
  hosts: [host(0, 4000, 16), host(0, 2000, 8, false), host(1, 1000, 4), host(2, 8000, 32)],
  pools: [pool(100, 50, 20, null), pool(40, 10, 4, 1.5)],
  groups: [],
  machines: [machine(0), machine(0, 1), machine(2), machine(null)],
};

let server: TestServer;
let ids: WrittenCloud;
let hardware: ApiClient;

beforeAll(async () => {
  server = await startTestServer();
  ids = await writeCloud(server.db, cloud);
  // Of the two pools one is the first cluster's own.
  await server.db
    .updateTable('StoragePool')
    .set({ podId: ids.podIds[0]!, clusterId: ids.clusterIds[0]! })
    .where('id', '=', ids.poolIds[1]!)
    .execute();
  await server.db
    .insertInto('ImageStore')
    .values({
      ...{
        id: 'imst_00000000000000000000000001' as never,
        zoneId: ids.zoneId,
        name: 'images',
        path: '/images',
      },
      ...{ state: 'UP', totalBytes: 10n * gib, usedBytes: 4n * gib },
    })
    .execute();
  ({ client: hardware } = await aTenant(server, 'hardware', { role: roleId('Resource Admin (read-only)') }));
});

afterAll(() => server[Symbol.asyncDispose]());

const fields = `scopeId name hosts openHosts machines scope { id }
  cpu { physicalMhz totalMhz reservedMhz percent } memory { physical total reserved percent }
  primaryStorage { physical total reserved percent used usedPercent }
  secondaryStorage { total used percent } guestAddresses { total taken percent } forecasts { resource outlook }`;

async function capacityOf(scopeId: string | null) {
  const { capacity } = await hardware.ask<{ capacity: Record<string, unknown> }>(
    `query ($id: ID) { capacity(scopeId: $id) { ${fields} } }`,
    { id: scopeId },
  );
  return capacity;
}

async function partsOf(scopeId: string | null, first = 100) {
  const { capacities } = await hardware.ask<{ capacities: { scopeId: string; hosts: number }[] }>(
    `query ($id: ID, $first: Int!) { capacities(scopeId: $id, first: $first) { ${fields} } }`,
    { id: scopeId, first },
  );
  return capacities;
}

const bytes = (gibs: number) => gibs * Number(gib);

test('a zone adds up what it has, and so does the cloud of one zone', async () => {
  const zone = {
    hosts: 4,
    openHosts: 3,
    machines: 3,
    // Of one machine that moves both of its hosts keep what it needs.
    cpu: { physicalMhz: 15_000, totalMhz: 15_000, reservedMhz: 2000, percent: (100 * 2000) / 15_000 },
    memory: { physical: bytes(60), total: bytes(60), reserved: bytes(8), percent: (100 * 8) / 60 },
    primaryStorage: {
      ...{ physical: bytes(140), total: bytes(200 + 60), reserved: bytes(60), percent: (100 * 60) / 260 },
      ...{ used: bytes(24), usedPercent: (100 * 24) / 140 },
    },
    secondaryStorage: { total: bytes(10), used: bytes(4), percent: 40 },
    guestAddresses: { total: 2 * 249, taken: 0, percent: 0 },
    forecasts: expect.any(Array) as unknown,
  };
  expect(await capacityOf(ids.zoneId)).toEqual({
    scopeId: ids.zoneId,
    name: expect.any(String) as string,
    scope: { id: ids.zoneId },
    ...zone,
  });
  expect(await capacityOf(null)).toEqual({ scopeId: null, name: null, scope: null, ...zone });
});

test('its parts add up to it, the fullest first', async () => {
  expect((await partsOf(null)).map(({ scopeId }) => scopeId)).toEqual([ids.zoneId]);
  expect(await partsOf(ids.zoneId)).toMatchObject([
    { scopeId: ids.podIds[0], hosts: 3, secondaryStorage: null, guestAddresses: { total: 249 } },
    { scopeId: ids.podIds[1], hosts: 1, machines: 0, primaryStorage: { physical: 0, percent: 0 } },
  ]);
  expect(await partsOf(ids.podIds[0]!)).toMatchObject([
    { scopeId: ids.clusterIds[1], cpu: { percent: 50 }, memory: { percent: 50 }, guestAddresses: null },
    {
      scopeId: ids.clusterIds[0],
      cpu: { reservedMhz: 1500, percent: 25 },
      primaryStorage: { physical: bytes(40), total: bytes(60), used: bytes(4) },
    },
  ]);
  expect(await partsOf(ids.clusterIds[0]!)).toMatchObject([
    { scopeId: ids.hostIds[0], openHosts: 1, machines: 2, memory: { reserved: bytes(4) } },
    { scopeId: ids.hostIds[1], openHosts: 0, machines: 0, memory: { reserved: bytes(2) } },
  ]);
  expect(await partsOf(ids.hostIds[0]!)).toEqual([]);
  expect(await partsOf(ids.podIds[0]!, 1)).toHaveLength(1);
  expect(await capacityOf(ids.hostIds[2]!)).toMatchObject({ hosts: 1, machines: 1, cpu: { percent: 50 } });
});

test('is told to those who run the hardware, of what there is', async () => {
  const query = 'query ($id: ID) { capacity(scopeId: $id) { hosts } }';
  const above = await aTenant(server, 'above', { role: roleId('Domain Admin') });
  expect(await refusalOf(above.client, query)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusalOf(hardware, query, { id: ids.machineIds[0] })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'scopeId',
  });
  const nowhere = 'host_00000000000000000000000001';
  expect(await refusalOf(hardware, query, { id: nowhere })).toMatchObject({ code: 'NOT_FOUND' });
});

test('costs the same number of statements, however much there is', async () => {
  const statements = async (query: string) => {
    const counts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = server.statements();
      await server.admin.ask(query);
      counts.push(server.statements() - before);
    }
    return Math.min(...counts);
  };
  const one = await statements(`{ capacities(scopeId: "${ids.zoneId}", first: 1) { ${fields} } }`);
  expect(await statements(`{ capacities(scopeId: "${ids.zoneId}") { ${fields} } }`)).toBe(one);
});
