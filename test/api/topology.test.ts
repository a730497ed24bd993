import { afterAll, beforeAll, expect, test } from 'vitest';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, roleId } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 3 });
  const choice = {
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  };
  await deploy(server.admin, { name: 'web-1', ...choice });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const hosts = 'id name linkState adminState machines runningMachines brokenMachines cpuPercent memoryPercent';
const query = `query ($zoneId: ID) {
  topology(zoneId: $zoneId) {
    id name allocationState pods { id name clusters { id name hypervisor allocationState hosts { ${hosts} } } }
  }
}`;

interface Zone {
  id: string;
  pods: {
    clusters: {
      hosts: { id: string; name: string; linkState: string; machines: number; runningMachines: number }[];
    }[];
  }[];
}

test('the hardware is a tree, with what runs on it', async () => {
  const { topology } = await server.admin.ask<{ topology: Zone[] }>(query, { zoneId: zone.zoneId });
  expect(topology.map(({ id }) => id)).toEqual([zone.zoneId]);
  const found = topology[0]!.pods.flatMap(({ clusters }) => clusters.flatMap((cluster) => cluster.hosts));
  expect(found).toHaveLength(3);
  expect(new Set(found.map(({ linkState }) => linkState))).toEqual(new Set(['UP']));
  expect(found.reduce((sum, { runningMachines }) => sum + runningMachines, 0)).toBe(1);
});

test('names are in the order in which people count', async () => {
  const hosts = await server.db.selectFrom('Host').select('id').orderBy('id').execute();
  for (const [index, { id }] of hosts.entries())
    await server.db
      .updateTable('Host')
      .set({ name: `node-${[10, 9, 100][index]}` })
      .where('id', '=', id)
      .execute();
  const { topology } = await server.admin.ask<{ topology: Zone[] }>(query, { zoneId: zone.zoneId });
  const found = topology[0]!.pods.flatMap(({ clusters }) => clusters.flatMap((cluster) => cluster.hosts));
  expect(found.map(({ name }) => name)).toEqual(['node-9', 'node-10', 'node-100']);
});

test('it is for those who run the hardware, of zones that there are', async () => {
  const { client } = await aTenant(server, 'above', { role: roleId('Domain Admin') });
  expect(await refusalOf(client, query)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusalOf(client, '{ controlPlane { database { version } } }')).toMatchObject({
    code: 'FORBIDDEN',
  });
  const nowhere = { zoneId: 'zone_00000000000000000000000001' };
  expect(await refusalOf(server.admin, query, nowhere)).toMatchObject({ code: 'NOT_FOUND' });
});

test('the platform tells of its own parts', async () => {
  const { controlPlane } = await server.admin.ask<{ controlPlane: Record<string, unknown> }>(`{ controlPlane {
    servers { id hostname softwareVersion isAlive isAnswering isNumbering agents jobs }
    usage { isRunning costsUntil periodEndsAt closedAt }
    database { version size connections connectionsMost } } }`);
  expect(controlPlane).toMatchObject({
    servers: [
      { softwareVersion: '0.1.0', isAlive: true, isAnswering: true, isNumbering: true, agents: 4, jobs: 0 },
    ],
    usage: { isRunning: false, periodEndsAt: null },
    database: { version: expect.stringMatching(/^1\d/) as string },
  });
});

test('lists of the hardware can be asked for by place and state', async () => {
  const total = async (list: string) => {
    const answer = await server.admin.ask<{ list: { totalCount: number } }>(
      `{ list: ${list} { totalCount } }`,
    );
    return answer.list.totalCount;
  };
  const id = `zoneId: "${zone.zoneId}"`;
  const elsewhere = 'zoneId: "zone_00000000000000000000000001"';
  for (const list of [
    'pods',
    'clusters',
    'physicalNetworks',
    'guestNetworks',
    'storagePools',
    'imageStores',
  ]) {
    expect(await total(`${list}(filter: { ${id} })`), list).toBe(1);
    expect(await total(`${list}(filter: { ${elsewhere} })`), list).toBe(0);
  }
  expect(await total('storagePools(filter: { state: [ERROR, DISABLED] })')).toBe(0);
  expect(await total('imageStores(filter: { state: [UP] })')).toBe(1);
  expect(await total('zones(filter: { allocationState: ENABLED })')).toBe(1);
  expect(await total('agents(filter: { isConnected: true })')).toBe(4);
  expect(await total('agents(filter: { isConnected: false })')).toBe(0);
});

test('agents lead to what they run', async () => {
  const { agents } = await server.admin.ask<{
    agents: {
      nodes: { kind: string; connectedSince: string | null; host: object | null; zone: object | null }[];
    };
  }>('{ agents { nodes { kind connectedSince host { id } zone { id } } } }');
  for (const { kind, connectedSince, host, zone: zoneOfAgent } of agents.nodes) {
    expect(connectedSince).not.toBeNull();
    expect(kind === 'HOST' ? host : zoneOfAgent).not.toBeNull();
    expect(kind === 'HOST' ? zoneOfAgent : host).toBeNull();
  }
});
