import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiError } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import {
  change,
  deployMutation,
  getMachine,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { hostIdsOf, mutate, placeOf, runMachine } from '../support/placement.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let hostIds: Id<'Host'>[];
let tenant: Tenant;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 3, cores: 8, memoryMib: 8192 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  hostIds = [...(await hostIdsOf(server.db, zone.zoneId)).values()];
  tenant = await aTenant(server, 'tenant');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const newOffering = async (more: Record<string, unknown>) => {
  const input = { name: `offering ${++made}`, cpuCount: 1, cpuMhz: 500, memory: '536870912', ...more };
  const { serviceOffering } = await mutate(
    server.admin,
    'createServiceOffering',
    'serviceOffering { id }',
    input,
  );
  return (serviceOffering as { id: string }).id;
};

const machine = async (more: Record<string, unknown> = {}) => ({
  name: `vm-${++made}`,
  zoneId: zone.zoneId,
  serviceOfferingId: await serviceOfferingId(server.admin, 'tiny'),
  templateId,
  ...more,
});

const run = async (more: Record<string, unknown> = {}) =>
  runMachine(server.admin, server.db, await machine(more));

const verdict = `fits
  placement { fits hostCount fittingHostCount warnings chosenHost { id } refusals { reason hostCount }
    hosts(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { name fits host { id } reasons { reason message } } } }
  quota { scope resource before after maximum fits }`;

interface Plan {
  fits: boolean;
  placement: {
    fits: boolean;
    hostCount: number;
    fittingHostCount: number;
    warnings: string[];
    chosenHost: { id: string } | null;
    refusals: { reason: string; hostCount: number }[];
    hosts: {
      totalCount: number;
      pageInfo: { hasNextPage: boolean; endCursor: string };
      nodes: {
        name: string;
        fits: boolean;
        host: { id: string };
        reasons: { reason: string; message: string }[];
      }[];
    } | null;
  };
  quota: {
    scope: string;
    resource: string;
    before: number;
    after: number;
    maximum: number | null;
    fits: boolean;
  }[];
}

const plan = async (input: Record<string, unknown>, client = server.admin): Promise<Plan> => {
  const { planDeployVirtualMachine } = await client.ask<{ planDeployVirtualMachine: Plan }>(
    `query ($input: DeployVirtualMachineInput!) { planDeployVirtualMachine(input: $input) { ${verdict} } }`,
    { input },
  );
  return planDeployVirtualMachine;
};

describe('strategies', () => {
  const hostsFor = async (placement: string, machines: number) => {
    const serviceOffering = await newOffering({ placement });
    const found: (string | null)[] = [];
    for (let count = 0; count < machines; count++)
      found.push((await run({ serviceOfferingId: serviceOffering })).hostId);
    return found;
  };

  test('FIRST_FIT fills the oldest host', async () => {
    const oldest = [...hostIds].sort()[0];
    expect(await hostsFor('FIRST_FIT', 3)).toEqual([oldest, oldest, oldest]);
  });

  test('DISPERSING puts the owner’s machines on different hosts', async () => {
    expect(new Set(await hostsFor('DISPERSING', 2))).toEqual(
      new Set(hostIds.filter((id) => id !== [...hostIds].sort()[0])),
    );
  });

  test('CONCENTRATING goes where the owner has most', async () => {
    const oldest = [...hostIds].sort()[0];
    expect(await hostsFor('CONCENTRATING', 2)).toEqual([oldest, oldest]);
  });

  test('the setting speaks where the offering does not', async () => {
    await changeSetting(server.admin, 'vm.allocation.algorithm', 'CONCENTRATING');
    expect((await run()).hostId).toBe([...hostIds].sort()[0]);
    await changeSetting(server.admin, 'vm.allocation.algorithm', null);
    expect((await run()).hostId).not.toBe([...hostIds].sort()[0]);
  });

  test('a machine starts again where it ran last', async () => {
    const { id, hostId } = await run();
    await change(server.admin, 'stopVirtualMachine', { id });
    await run({ hostId });
    await change(server.admin, 'startVirtualMachine', { id });
    expect((await placeOf(server.db, id)).hostId).toBe(hostId);
  });
});

describe('tags', () => {
  let tagged: string;

  beforeAll(async () => {
    await mutate(server.admin, 'updateHost', 'host { tags }', {
      id: hostIds[1]!,
      tags: ['gpu', 'fast', 'gpu'],
    });
    tagged = await newOffering({ hostTags: ['gpu'] });
  });

  test('machines go only where all of them are', async () => {
    expect((await run({ serviceOfferingId: tagged })).hostId).toBe(hostIds[1]);
    const two = await newOffering({ hostTags: ['gpu', 'slow'] });
    const input = await machine({ serviceOfferingId: two });
    expect(await refusalOf(server.admin, deployMutation, { input })).toMatchObject({
      code: 'INSUFFICIENT_CAPACITY',
    });
    expect((await plan(input)).placement.refusals).toEqual([{ reason: 'TAGS_MISSING', hostCount: 3 }]);
  });

  test('an explicit target may lack those that are not strict, with a warning', async () => {
    const input = await machine({ serviceOfferingId: tagged, hostId: hostIds[0] });
    const lenient = await plan(input);
    expect(lenient).toMatchObject({ fits: true, placement: { chosenHost: { id: hostIds[0] } } });
    expect(lenient.placement.warnings).toEqual([expect.stringContaining('lacks the tags gpu')]);
    await changeSetting(server.admin, 'vm.strict.host.tags', 'gpu, other');
    const strict = await plan(input);
    expect(strict).toMatchObject({ fits: false, placement: { warnings: [], chosenHost: null } });
    expect(strict.placement.refusals).toContainEqual({ reason: 'TAGS_MISSING', hostCount: 2 });
    await changeSetting(server.admin, 'vm.strict.host.tags', null);
    expect((await runMachine(server.admin, server.db, input)).hostId).toBe(hostIds[0]);
  });

  test('what is no tag is refused', async () => {
    expect(
      await refusalOf(
        server.admin,
        'mutation ($input: UpdateHostInput!) { updateHost(input: $input) { host { id } } }',
        {
          input: { id: hostIds[0], tags: ['two words'] },
        },
      ),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.tags' });
  });

  test('pools have tags, too', async () => {
    const { id: poolId } = await server.db.selectFrom('StoragePool').select('id').executeTakeFirstOrThrow();
    const serviceOffering = await newOffering({ storageTags: ['ssd'] });
    const input = await machine({ serviceOfferingId: serviceOffering });
    const before = await plan(input);
    expect(before.placement.refusals).toEqual([{ reason: 'STORAGE_TAGS_MISSING', hostCount: 3 }]);
    expect(before.placement.hosts?.nodes[0]?.reasons).toEqual([
      { reason: 'STORAGE_TAGS_MISSING', message: 'reaches no pool with the tags ssd' },
    ]);
    await mutate(server.admin, 'updateStoragePool', 'storagePool { tags }', { id: poolId, tags: ['ssd'] });
    expect(await plan(input)).toMatchObject({ fits: true });
    await mutate(server.admin, 'updateStoragePool', 'storagePool { state }', {
      id: poolId,
      isEnabled: false,
    });
    expect(await plan(await machine())).toMatchObject({ fits: false });
    await mutate(server.admin, 'updateStoragePool', 'storagePool { state }', { id: poolId, isEnabled: true });
  });
});

test('many machines in one request, and many such requests at once, are made or refused as a whole', async () => {
  const serviceOffering = await newOffering({ memory: String(1024 ** 3), placement: 'RANDOM' });
  const bulk = (name: string) => machine({ name, count: 7, serviceOfferingId: serviceOffering });
  const inputs = await Promise.all(['bulk-a', 'bulk-b', 'bulk-c', 'bulk-d'].map(bulk));
  const answers = await Promise.allSettled(
    inputs.map((input) => server.admin.ask(deployMutation, { input })),
  );
  const refused = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as ApiError] : [],
  );
  expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 'INSUFFICIENT_CAPACITY'));
  expect(refused.length).toBeLessThan(4);
  const made = await server.db
    .selectFrom('VirtualMachine')
    .select(['id', 'name'])
    .where('name', 'like', 'bulk-%')
    .execute();
  expect(made).toHaveLength(7 * (4 - refused.length));
  for (const { id } of made)
    await eventually(
      () => getMachine(server.admin, id),
      ({ state }) => state === 'RUNNING',
    );
  for (const { id } of made) {
    await change(server.admin, 'destroyVirtualMachine', { id });
    await change(server.admin, 'expungeVirtualMachine', { id });
  }
});

describe('an explicit target', () => {
  test('is for operators', async () => {
    const input = await machine({ hostId: hostIds[2] });
    expect((await runMachine(server.admin, server.db, input)).hostId).toBe(hostIds[2]);
    for (const [client, code] of [
      [tenant.client, 'NOT_FOUND'],
      [(await aTenant(server, 'domain-admin', { role: roleId('Domain Admin') })).client, 'NOT_FOUND'],
    ] as const) {
      expect(await refusalOf(client, deployMutation, { input: { ...input, name: 'mine' } })).toMatchObject({
        code,
      });
    }
  });
});

describe('a plan', () => {
  let huge: string;

  beforeAll(async () => {
    huge = await newOffering({ memory: String(64 * 1024 ** 3), cpuCount: 100, cpuMhz: 10_000 });
  });

  test('says of every host why not, page by page, and changes nothing', async () => {
    const before = await server.db.selectFrom('HostCapacity').selectAll().orderBy('hostId').execute();
    const input = await machine({ serviceOfferingId: huge });
    const { fits, placement } = await plan(input);
    expect(fits).toBe(false);
    expect(placement).toMatchObject({ hostCount: 3, fittingHostCount: 0, chosenHost: null });
    expect(placement.refusals).toEqual([
      { reason: 'TOO_LITTLE_CPU', hostCount: 3 },
      { reason: 'TOO_LITTLE_MEMORY', hostCount: 3 },
    ]);
    expect(placement.hosts).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(placement.hosts?.nodes).toHaveLength(2);
    expect(placement.hosts?.nodes[0]?.reasons.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^needs 1000000 MHz, \d+ MHz of \d+ MHz are left$/),
      expect.stringMatching(/^needs 64 GiB, [\d.]+ \wiB of 8 GiB are left$/),
    ]);
    const next = await server.admin.ask<{ planDeployVirtualMachine: Plan }>(
      `query ($input: DeployVirtualMachineInput!, $after: Cursor) { planDeployVirtualMachine(input: $input) {
        placement { hosts(first: 2, after: $after) { pageInfo { hasNextPage } nodes { name } } } } }`,
      { input, after: placement.hosts?.pageInfo.endCursor },
    );
    expect(next.planDeployVirtualMachine.placement.hosts).toMatchObject({
      pageInfo: { hasNextPage: false },
      nodes: [{}],
    });
    expect(await server.db.selectFrom('HostCapacity').selectAll().orderBy('hostId').execute()).toEqual(
      before,
    );
  });

  test('tells of hosts without UEFI, and machines that start by it go elsewhere', async () => {
    const uefi = (hostId: Id<'Host'>, has: boolean) =>
      sql`update "Host" set "facts" = jsonb_set("facts", '{capabilities,uefi}', ${JSON.stringify(has)}::jsonb)
        where "id" = ${hostId}`.execute(server.db);
    for (const hostId of hostIds) await uefi(hostId, false);
    const input = await machine({ bootMode: 'UEFI' });
    const { placement } = await plan(input);
    expect(placement.refusals).toEqual([{ reason: 'NO_UEFI', hostCount: 3 }]);
    expect(placement.hosts?.nodes[0]?.reasons).toEqual([
      { reason: 'NO_UEFI', message: 'has no UEFI firmware, by which the machine starts' },
    ]);
    expect((await plan(await machine())).fits).toBe(true);
    await uefi(hostIds[1]!, true);
    const { id, hostId } = await run(input);
    expect(hostId).toBe(hostIds[1]);
    await change(server.admin, 'stopVirtualMachine', { id });
    await uefi(hostIds[1]!, false);
    const refusal = await refusalOf(
      server.admin,
      'mutation ($input: StartVirtualMachineInput!) { startVirtualMachine(input: $input) { job { id } } }',
      { input: { id } },
    );
    expect(refusal).toMatchObject({ code: 'INSUFFICIENT_CAPACITY' });
    for (const each of hostIds) await uefi(each, true);
    await change(server.admin, 'destroyVirtualMachine', { id });
    await change(server.admin, 'expungeVirtualMachine', { id });
  });

  test('counts for tenants, and names no host', async () => {
    const own = await plan(await machine({ serviceOfferingId: huge }), tenant.client);
    expect(own.placement).toMatchObject({ hostCount: 3, fittingHostCount: 0, chosenHost: null, hosts: null });
    expect(own.placement.refusals).toHaveLength(2);
    const fitting = await plan(await machine(), tenant.client);
    expect(fitting).toMatchObject({ fits: true, placement: { chosenHost: null, hosts: null } });
  });

  test('shows the limits before and after, and which is in the way', async () => {
    const { fits, quota } = await plan(await machine(), tenant.client);
    expect(fits).toBe(true);
    expect(quota).toContainEqual({
      scope: 'ACCOUNT',
      resource: 'VIRTUAL_MACHINE',
      before: 0,
      after: 1,
      maximum: 20,
      fits: true,
    });
    await mutate(server.admin, 'updateResourceLimit', 'resourceLimit { used }', {
      ownerId: tenant.domainId,
      resource: 'VIRTUAL_MACHINE',
      maximum: '0',
    });
    const limited = await plan(await machine(), tenant.client);
    expect(limited).toMatchObject({ fits: false, placement: { fits: true } });
    expect(limited.quota.filter(({ fits: isWithin }) => !isWithin)).toMatchObject([{ scope: 'DOMAIN' }]);
    await mutate(server.admin, 'updateResourceLimit', 'resourceLimit { used }', {
      ownerId: tenant.domainId,
      resource: 'VIRTUAL_MACHINE',
      maximum: null,
    });
  });

  test('tells a closed zone', async () => {
    const setAllocation = (isEnabled: boolean) =>
      mutate(server.admin, 'setZoneAllocation', 'zone { id }', { id: zone.zoneId, isEnabled });
    await setAllocation(false);
    expect((await plan(await machine())).placement.refusals).toEqual([
      { reason: 'ZONE_NOT_ENABLED', hostCount: 3 },
    ]);
    await setAllocation(true);
  });
});

describe('a cluster', () => {
  let clusterId: string;

  beforeAll(async () => {
    ({ id: clusterId } = await server.db.selectFrom('Cluster').select('id').executeTakeFirstOrThrow());
  });

  const update = (input: Record<string, unknown>) =>
    mutate(
      server.admin,
      'updateCluster',
      'cluster { version allocationState cpuOvercommit memoryOvercommit }',
      {
        id: clusterId,
        ...input,
      },
    );

  beforeEach(() => update({ allocationState: 'ENABLED', memoryOvercommit: 1 }));

  test('that is closed takes no machine, and is no place to start one', async () => {
    const { id } = await run();
    await change(server.admin, 'stopVirtualMachine', { id });
    await update({ allocationState: 'DISABLED' });
    expect((await plan(await machine())).placement.refusals).toEqual([
      { reason: 'CLUSTER_NOT_ENABLED', hostCount: 3 },
    ]);
    await expect(change(server.admin, 'startVirtualMachine', { id })).rejects.toMatchObject({
      code: 'INSUFFICIENT_CAPACITY',
    });
  });

  test('promises more of its hosts at once, and less', async () => {
    const total = async () =>
      (await server.db.selectFrom('HostCapacity').select('memoryBytesTotal').execute()).map(
        (row) => row.memoryBytesTotal,
      );
    const [before = 0n] = await total();
    await update({ memoryOvercommit: 1.5 });
    expect(await total()).toEqual([1, 2, 3].map(() => (before * 3n) / 2n));
    await update({ memoryOvercommit: 1 });
    expect(await total()).toEqual([before, before, before]);
    expect(
      await refusalOf(
        server.admin,
        'mutation ($input: UpdateClusterInput!) { updateCluster(input: $input) { cluster { id } } }',
        { input: { id: clusterId, memoryOvercommit: 0.5, cpuOvercommit: 101 } },
      ),
    ).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  test('above its threshold gets no new machines', async () => {
    await changeSetting(server.admin, 'cluster.memory.allocated.capacity.disablethreshold', '1');
    const { placement } = await plan(await machine());
    expect(placement.refusals).toEqual([{ reason: 'CLUSTER_MEMORY_THRESHOLD', hostCount: 3 }]);
    expect(placement.hosts?.nodes[0]?.reasons[0]?.message).toMatch(
      /^its cluster cluster-1 promised [\d.]+ % of its memory; above 1 % it gets no new machines$/,
    );
    await changeSetting(server.admin, 'cluster.memory.allocated.capacity.disablethreshold', null);
    expect(await plan(await machine())).toMatchObject({ fits: true });
  });
});
