import { newId, parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { aTenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let machineId: string;
let hostId: string;
let poolId: string;

interface Point {
  at: string;
  cpuPercent: number | null;
  memoryAssigned: number | null;
  memoryUsed: number | null;
  memoryHeld: number | null;
  diskReadBytesPerSecond: number | null;
  networkSentBytesPerSecond: number | null;
}

const pointFields =
  'at cpuPercent memoryAssigned memoryUsed memoryHeld diskReadBytesPerSecond networkSentBytesPerSecond';

beforeAll(async () => {
  server = await startTestServer();
  // Nobody reports but this test.
  await changeSetting(server.admin, 'vm.stats.interval', '3600');
  zone = await createTestZone(server, { hosts: 1 });
  const { machine } = await deploy(server.admin, {
    name: 'measured',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  machineId = machine.id;
  const { hosts, storagePools } = await server.admin.ask<
    Record<'hosts' | 'storagePools', { nodes: { id: string }[] }>
  >('{ hosts { nodes { id } } storagePools { nodes { id } } }');
  hostId = hosts.nodes[0]!.id;
  poolId = storagePools.nodes[0]!.id;
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function linkStateOf(): Promise<string | undefined> {
  const { hosts } = await server.admin.ask<{ hosts: { nodes: { linkState: string }[] } }>(
    '{ hosts { nodes { linkState } } }',
  );
  return hosts.nodes[0]?.linkState;
}

const sample = () => zone.simulator.ask({ ask: 'sample' });

async function newestOf(client: ApiClient): Promise<Point | null> {
  const { virtualMachine } = await client.ask<{ virtualMachine: { newestStatistics: Point | null } }>(
    `query ($id: ID!) { virtualMachine(id: $id) { newestStatistics { ${pointFields} } } }`,
    { id: machineId },
  );
  return virtualMachine.newestStatistics;
}

/** Two readings, half a second apart: the second says what was done between. */
async function sampleTwice(): Promise<void> {
  await sample();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await sample();
}

describe('a machine', () => {
  test('is measured: what it did between two readings, on all its processors', async () => {
    await sampleTwice();
    const point = await newestOf(server.admin);
    expect(point).toMatchObject({
      memoryAssigned: expect.any(Number) as number,
      memoryUsed: expect.any(Number) as number,
    });
    expect(point!.cpuPercent).toBeGreaterThan(4);
    expect(point!.cpuPercent).toBeLessThan(60);
    expect(point!.memoryHeld).toBeLessThan(point!.memoryAssigned!);
    expect(point!.networkSentBytesPerSecond! / point!.diskReadBytesPerSecond!).toBeCloseTo(9 / 50, 2);
  });

  test('has a series, in which a minute is one point', async () => {
    await sampleTwice();
    const { virtualMachineStatistics } = await server.admin.ask<{
      virtualMachineStatistics: { stepSeconds: number; points: Point[] };
    }>(`query ($id: ID!) { virtualMachineStatistics(id: $id) { stepSeconds points { ${pointFields} } } }`, {
      id: machineId,
    });
    expect(virtualMachineStatistics.stepSeconds).toBe(60);
    const { points } = virtualMachineStatistics;
    expect(points.length).toBeGreaterThanOrEqual(1);
    for (const { at } of points) expect(Date.parse(at) % 60_000).toBe(0);
    expect(points.at(-1)!.cpuPercent).toBeGreaterThan(4);
  });

  test('that is started anew is not said to have done what it did before', async () => {
    await sampleTwice();
    await change(server.admin, 'rebootVirtualMachine', { id: machineId });
    await sample();
    expect(await newestOf(server.admin)).toMatchObject({
      cpuPercent: null,
      diskReadBytesPerSecond: null,
      memoryAssigned: expect.any(Number) as number,
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await sample();
    expect((await newestOf(server.admin))!.cpuPercent).toBeGreaterThan(4);
  });

  test('whose agent is started anew is not said to have done everything at once', async () => {
    await sampleTwice();
    const before = (await newestOf(server.admin))!;
    await zone.simulator.kill();
    await eventually(linkStateOf, (state) => state === 'DISCONNECTED');
    await zone.simulator.launch();
    await sample();
    expect(await newestOf(server.admin)).toMatchObject({ cpuPercent: null, memoryUsed: before.memoryUsed });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await sample();
    expect((await newestOf(server.admin))!.cpuPercent).toBeCloseTo(before.cpuPercent!, -1);
  });

  test('says nothing while it is off', async () => {
    await change(server.admin, 'stopVirtualMachine', { id: machineId });
    const stopped = Date.now();
    await sample();
    const rows = await server.db
      .selectFrom('FreshSample')
      .select('at')
      .where('resourceId', '=', machineId)
      .where('at', '>', new Date(stopped))
      .execute();
    expect(rows).toEqual([]);
    await change(server.admin, 'startVirtualMachine', { id: machineId });
  });
});

test('a host is measured, and its storage pool', async () => {
  await sampleTwice();
  const { hostStatistics, storagePoolStatistics, storagePools, host } = await server.admin.ask<{
    hostStatistics: { points: Record<string, number>[] };
    storagePoolStatistics: { points: { used: number; total: number }[] };
    storagePools: { nodes: { capacity: { used: number; total: number } }[] };
    host: { nodes: { newestStatistics: { cpuPercent: number } }[] };
  }>(
    `query ($host: ID!, $pool: ID!) {
      hostStatistics(id: $host) { points {
        cpuPercent memoryUsed memoryTotal load networkReceivedBytesPerSecond networkSentBytesPerSecond } }
      storagePoolStatistics(id: $pool) { points { used total } }
      storagePools { nodes { capacity { used total } } }
      host: hosts { nodes { newestStatistics { cpuPercent } } }
    }`,
    { host: hostId, pool: poolId },
  );
  const point = hostStatistics.points.at(-1)!;
  expect(point.cpuPercent).toBeGreaterThan(0.5);
  expect(point.cpuPercent).toBeLessThan(100);
  expect(point.memoryUsed).toBeLessThan(point.memoryTotal!);
  expect(point.networkReceivedBytesPerSecond).toBeGreaterThan(point.networkSentBytesPerSecond!);
  expect(host.nodes[0]?.newestStatistics.cpuPercent).toBeGreaterThan(0.5);
  // The disk of the machine has been written to.
  const space = storagePoolStatistics.points.at(-1)!;
  expect(space.used).toBeGreaterThan(0);
  const capacity = storagePools.nodes[0]!.capacity;
  expect(space.total).toBe(capacity.total);
  // Seven digits are kept.
  expect(space.used / capacity.used).toBeCloseTo(1, 6);
});

test('how often is measured follows the setting', async () => {
  // The agent is told with the answer to its next report, and when it connects.
  const reconnect = async () => {
    await zone.simulator.ask({ ask: 'disconnect', host: 0 });
    await zone.simulator.ask({ ask: 'connect', host: 0 });
  };
  await changeSetting(server.admin, 'vm.stats.interval', '1');
  await sample();
  await reconnect();
  const count = async () => {
    const rows = await server.db
      .selectFrom('FreshSample')
      .select('at')
      .where('resourceId', '=', hostId)
      .execute();
    return rows.length;
  };
  const first = await count();
  await eventually(count, (samples) => samples >= first + 3);
  await changeSetting(server.admin, 'vm.stats.interval', '3600');
  await reconnect();
  await eventually(linkStateOf, (state) => state === 'UP');
});

describe('the metrics of the cloud', () => {
  const scrape = async (client?: ApiClient) => {
    const headers = client && { authorization: client.authorization };
    const response = await fetch(`${server.url}/metrics/cloud`, headers ? { headers } : {});
    return { status: response.status, text: await response.text() };
  };

  test('tell an administrator of everything', async () => {
    await sampleTwice();
    const { status, text } = await scrape(server.admin);
    expect(status).toBe(200);
    expect(text).toMatch(
      new RegExp(
        `^nephos_machine_cpu_ratio\\{id="${machineId}",name="measured",zone="test-zone",account="admin"\\} 0\\.\\d+$`,
        'm',
      ),
    );
    expect(text).toMatch(
      new RegExp(`^nephos_host_load1\\{id="${hostId}",name="sim",zone="test-zone"\\} `, 'm'),
    );
    expect(text).toMatch(new RegExp(`^nephos_storage_pool_used_bytes\\{id="${poolId}"`, 'm'));
    // What is not a comment is a name, labels and a number.
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^# (HELP|TYPE) nephos_|^nephos_[a-z0-9_]+\{.+\} [\d.e+-]+$/);
    }
  });

  test('tell a tenant of its own machines, and of no host', async () => {
    const { client } = await aTenant(server, 'tenant');
    const { status, text } = await scrape(client);
    expect(status).toBe(200);
    expect(text).toContain('# TYPE nephos_machine_cpu_ratio gauge');
    expect(text).not.toContain(machineId);
    expect(text).not.toContain('nephos_host');
    expect(text).not.toContain('nephos_storage_pool');
  });

  test('are for those who have a key that allows it', async () => {
    expect((await scrape()).status).toBe(401);
    expect((await scrape(new ApiClient(server.url, { authorization: 'Bearer nephos_wrong' }))).status).toBe(
      401,
    );
    const { client } = await aTenant(server, 'confined', { scopes: ['virtualMachine.list'] });
    expect((await scrape(client)).status).toBe(403);
  });
});

test('an agent is not believed about what is not its own', async () => {
  const { statistics } = server.application.services;
  const at = new Date(Date.now() + 500);
  const capacity = () => server.db.selectFrom('StoragePoolCapacity').selectAll().execute();
  const before = await capacity();
  const nothing = {
    cpu: 0,
    memoryBytes: 1,
    memoryAssignedBytes: 1,
    memoryUsedBytes: 1,
    diskReadBytes: 0,
    diskWriteBytes: 0,
    diskReads: 0,
    diskWrites: 0,
    networkRxBytes: 0,
    networkTxBytes: 0,
  };
  const answer = await statistics.onStatistics(
    newId('Agent'),
    {
      ageMilliseconds: 0,
      machines: [{ machineId: parseId('VirtualMachine', machineId), ...nothing }],
      host: {
        cpu: 0,
        memoryTotalBytes: 1,
        memoryUsedBytes: 1,
        load: 0,
        networkRxBytes: 0,
        networkTxBytes: 0,
      },
      pools: [{ poolId: parseId('StoragePool', poolId), totalBytes: 5n, usedBytes: 5n }],
    },
    at,
  );
  expect(answer.pools).toEqual([]);
  expect(await capacity()).toEqual(before);
  expect(await server.db.selectFrom('FreshSample').selectAll().where('at', '>=', at).execute()).toEqual([]);
});

test('a server whose clock jumped keeps samples all the same', async () => {
  const { agentId } = await server.db
    .selectFrom('Host')
    .select('agentId')
    .where('id', '=', parseId('Host', hostId))
    .executeTakeFirstOrThrow();
  const at = new Date(Date.now() + 3 * 86_400_000);
  const host = {
    cpu: 0.5,
    memoryTotalBytes: 1,
    memoryUsedBytes: 1,
    load: 0,
    networkRxBytes: 0,
    networkTxBytes: 0,
  };
  const report = { ageMilliseconds: 0, machines: [], host, pools: [] };
  await server.application.services.statistics.onStatistics(agentId, report, at);
  const rows = await server.db
    .selectFrom('FreshSample')
    .select(['resourceId', 'values'])
    .where('at', '=', at)
    .execute();
  expect(rows).toEqual([{ resourceId: hostId, values: [50, 1, 1, 0, 0, 0] }]);
});

describe('live', () => {
  test('a machine says what it did since the reading before', async () => {
    interface Seen {
      virtualMachineStatistics: { cpuSeconds: number; sinceLast: Point | null };
    }
    const seen: Seen['virtualMachineStatistics'][] = [];
    const query = `subscription ($id: ID!) { virtualMachineStatistics(id: $id, intervalSeconds: 1) {
      cpuSeconds sinceLast { ${pointFields} } } }`;
    for await (const item of server.admin.follow<Seen>(query, { id: machineId })) {
      if (seen.push(item.virtualMachineStatistics) === 3) break;
    }
    expect(seen[0]?.sinceLast).toBeNull();
    expect(seen[2]!.cpuSeconds).toBeGreaterThan(seen[1]!.cpuSeconds);
    expect(seen[2]!.sinceLast!.cpuPercent).toBeCloseTo(seen[1]!.sinceLast!.cpuPercent!, 0);
    expect(seen[2]!.sinceLast!.cpuPercent).toBeGreaterThan(4);
  });

  test('a host says what it does', async () => {
    interface Seen {
      hostStatistics: { cpuPercent: number | null; memoryUsed: number };
    }
    const seen: Seen['hostStatistics'][] = [];
    const query =
      'subscription ($id: ID!) { hostStatistics(id: $id, intervalSeconds: 1) { cpuPercent memoryUsed } }';
    for await (const item of server.admin.follow<Seen>(query, { id: hostId })) {
      if (seen.push(item.hostStatistics) === 2) break;
    }
    expect(seen[0]).toMatchObject({ cpuPercent: null, memoryUsed: expect.any(Number) as number });
    expect(seen[1]!.cpuPercent).toBeGreaterThan(0.5);
  });

  test('nobody reads more often than once a second', async () => {
    const query = 'subscription ($id: ID!) { hostStatistics(id: $id, intervalSeconds: 0) { at } }';
    await expect(server.admin.follow(query, { id: hostId }).next()).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

test('a list with what its machines do costs one statement more', async () => {
  const count = async (selection: string) => {
    const counts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = server.statements();
      await server.admin.ask(`{ ${selection} }`);
      counts.push(server.statements() - before);
    }
    return Math.min(...counts);
  };
  for (const list of ['virtualMachines', 'hosts']) {
    const without = await count(`${list} { nodes { id } }`);
    expect((await count(`${list} { nodes { id newestStatistics { cpuPercent } } }`)) - without).toBe(1);
  }
});
