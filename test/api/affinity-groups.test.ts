import type { Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { followJob } from '../support/jobs.ts';
import { change, deployMutation, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { hostIdsOf, mutate, placeOf, runMachine } from '../support/placement.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let offeringId: string;
let hostIds: Id<'Host'>[];
let tenant: Tenant;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  offeringId = await serviceOfferingId(server.admin, 'tiny');
  hostIds = [...(await hostIdsOf(server.db, zone.zoneId)).values()];
  tenant = await aTenant(server, 'tenant');
  for (const limit of ['user.vms', 'cpus', 'volumes', 'memory'])
    await changeSetting(server.admin, `max.account.${limit}`, '-1');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const newGroup = async (kind: string, enforcement: string, client = tenant.client) => {
  const input = { name: `group ${++made}`, kind, enforcement };
  const { affinityGroup } = await mutate(client, 'createAffinityGroup', 'affinityGroup { id }', input);
  return (affinityGroup as { id: string }).id;
};

const machine = (affinityGroupIds: string[], more: Record<string, unknown> = {}) => ({
  name: `vm-${++made}`,
  zoneId: zone.zoneId,
  serviceOfferingId: offeringId,
  templateId,
  affinityGroupIds,
  ...more,
});

const run = (affinityGroupIds: string[], more?: Record<string, unknown>) =>
  runMachine(tenant.client, server.db, machine(affinityGroupIds, more));

const join = (client: ApiClient, id: string, affinityGroupIds: string[], more = {}) =>
  mutate(client, 'updateVirtualMachineAffinity', 'virtualMachine { version affinityGroups { id } }', {
    id,
    affinityGroupIds,
    ...more,
  });

const joinMutation = `mutation ($input: UpdateVirtualMachineAffinityInput!) {
  updateVirtualMachineAffinity(input: $input) { virtualMachine { id } } }`;

describe('machines of a group', () => {
  test('that must be apart never share a host, also when all come at once', async () => {
    const group = await newGroup('HOST_ANTI_AFFINITY', 'HARD');
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => run([group])));
    const placed = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.hostId] : []));
    expect(placed.sort()).toEqual([...hostIds].sort());
    const { message, code } = await refusalOf(tenant.client, deployMutation, { input: machine([group]) });
    expect({ message, code }).toMatchObject({ code: 'INSUFFICIENT_CAPACITY' });
  });

  test('that must be together share the host of the first', async () => {
    const group = await newGroup('HOST_AFFINITY', 'HARD');
    const first = await run([group]);
    const others = await Promise.all([run([group]), run([group]), run([group])]);
    expect(others.map(({ hostId }) => hostId)).toEqual(others.map(() => first.hostId));
  });

  test('that come at once and must be together end on one host', async () => {
    const group = await newGroup('HOST_AFFINITY', 'HARD');
    const placed = await Promise.all([1, 2, 3, 4, 5].map(() => run([group])));
    expect(new Set(placed.map(({ hostId }) => hostId)).size).toBe(1);
  });

  test('that would rather be apart share one when there is no other', async () => {
    const group = await newGroup('HOST_ANTI_AFFINITY', 'SOFT');
    const placed = [await run([group]), await run([group]), await run([group])];
    expect(new Set(placed.slice(0, 2).map(({ hostId }) => hostId)).size).toBe(2);
    expect(placed[2]?.hostId).not.toBeNull();
  });

  test('that would rather be together are', async () => {
    const group = await newGroup('HOST_AFFINITY', 'SOFT');
    const first = await run([group]);
    expect([(await run([group])).hostId, (await run([group])).hostId]).toEqual([first.hostId, first.hostId]);
  });

  test('are kept apart at a start, too, and not made way for by where they ran last', async () => {
    const group = await newGroup('HOST_ANTI_AFFINITY', 'HARD');
    const one = await run([group]);
    await change(tenant.client, 'stopVirtualMachine', { id: one.id });
    const other = await runMachine(server.admin, server.db, {
      ...machine([group]),
      accountId: tenant.accountId,
      hostId: one.hostId,
    });
    expect(other.hostId).toBe(one.hostId);
    await change(tenant.client, 'startVirtualMachine', { id: one.id });
    const { hostId } = await placeOf(server.db, one.id);
    expect(hostId).not.toBeNull();
    expect(hostId).not.toBe(other.hostId);
  });

  test('made in one request are kept apart from each other', async () => {
    const group = await newGroup('HOST_ANTI_AFFINITY', 'HARD');
    const bulk = (count: number) => ({ input: machine([group], { count }) });
    expect(await refusalOf(tenant.client, deployMutation, bulk(3))).toMatchObject({
      code: 'INSUFFICIENT_CAPACITY',
    });
    await tenant.client.ask(deployMutation, bulk(2));
    const { affinityGroups } = await tenant.client.ask<{
      affinityGroups: { nodes: { id: string; virtualMachines: { id: string }[] }[] };
    }>('{ affinityGroups(first: 500) { nodes { id virtualMachines { id } } } }');
    const members = affinityGroups.nodes.find(({ id }) => id === group)?.virtualMachines ?? [];
    const places = await Promise.all(members.map(({ id }) => placeOf(server.db, id)));
    expect(new Set(places.map(({ hostId }) => hostId))).toEqual(new Set(hostIds));
  });
});

describe('a machine’s groups', () => {
  test('are changed while it is off', async () => {
    const [apart, together] = [
      await newGroup('HOST_ANTI_AFFINITY', 'HARD'),
      await newGroup('HOST_AFFINITY', 'HARD'),
    ];
    const { id } = await run([apart]);
    await change(tenant.client, 'stopVirtualMachine', { id });
    expect(await join(tenant.client, id, [together])).toMatchObject({
      virtualMachine: { affinityGroups: [{ id: together }] },
    });
    const { virtualMachines } = await tenant.client.ask<{ virtualMachines: { nodes: { id: string }[] } }>(
      'query ($filter: VirtualMachineFilter) { virtualMachines(filter: $filter) { nodes { id } } }',
      { filter: { affinityGroupId: together } },
    );
    expect(virtualMachines.nodes).toEqual([{ id }]);
    expect(await join(tenant.client, id, [])).toMatchObject({ virtualMachine: { affinityGroups: [] } });
  });

  test('are changed while it runs if it is where they want it', async () => {
    const group = await newGroup('HOST_ANTI_AFFINITY', 'HARD');
    const one = await run([group]);
    const other = await run([]);
    const isShared = one.hostId === other.hostId;
    if (isShared) {
      expect(
        await refusalOf(tenant.client, joinMutation, { input: { id: other.id, affinityGroupIds: [group] } }),
      ).toMatchObject({
        code: 'INVALID_STATE',
        message: expect.stringContaining('must be apart from') as string,
      });
    } else {
      expect(await join(tenant.client, other.id, [group])).toMatchObject({
        virtualMachine: { affinityGroups: [{ id: group }] },
      });
    }
    const together = await newGroup('HOST_AFFINITY', 'HARD');
    await join(tenant.client, one.id, [group, together]);
    const outcome = join(tenant.client, other.id, [together]);
    await (isShared
      ? expect(outcome).resolves.toBeTruthy()
      : expect(outcome).rejects.toMatchObject({ code: 'INVALID_STATE' }));
  });

  test('are those of its owner', async () => {
    const others = await newGroup('HOST_AFFINITY', 'HARD', server.admin);
    expect(await refusalOf(tenant.client, deployMutation, { input: machine([others]) })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const input = machine([await newGroup('HOST_AFFINITY', 'HARD')]);
    expect(await refusalOf(server.admin, deployMutation, { input })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.affinityGroupIds.0',
    });
  });

  test('are not changed over what somebody else changed', async () => {
    const { id } = await run([]);
    expect(
      await refusalOf(tenant.client, joinMutation, {
        input: { id, affinityGroupIds: [], expectedVersion: 1 },
      }),
    ).toMatchObject({ code: 'VERSION_CONFLICT' });
  });
});

describe('a group', () => {
  test('is renamed, listed by kind, and deleted, and its machines stay', async () => {
    const group = await newGroup('HOST_ANTI_AFFINITY', 'HARD');
    const { id } = await run([group]);
    expect(
      await mutate(tenant.client, 'updateAffinityGroup', 'affinityGroup { name description }', {
        id: group,
        name: 'web servers',
        description: 'never two on one host',
      }),
    ).toMatchObject({ affinityGroup: { name: 'web servers', description: 'never two on one host' } });
    const { affinityGroups } = await tenant.client.ask<{ affinityGroups: { nodes: { name: string }[] } }>(
      '{ affinityGroups(search: "web servers", filter: { kind: HOST_ANTI_AFFINITY }) { nodes { name } } }',
    );
    expect(affinityGroups.nodes).toEqual([{ name: 'web servers' }]);
    await mutate(tenant.client, 'deleteAffinityGroup', 'affinityGroupId', { id: group });
    expect((await placeOf(server.db, id)).hostId).not.toBeNull();
    expect(
      await server.db
        .selectFrom('AffinityGroupMember')
        .where('virtualMachineId', '=', id as Id<'VirtualMachine'>)
        .selectAll()
        .execute(),
    ).toEqual([]);
  });

  test('has a name of its own in its account', async () => {
    const create = `mutation ($input: CreateAffinityGroupInput!) { createAffinityGroup(input: $input) { affinityGroup { id } } }`;
    const input = { name: 'twice', kind: 'HOST_AFFINITY', enforcement: 'SOFT' };
    await tenant.client.ask(create, { input });
    expect(await refusalOf(tenant.client, create, { input })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
    });
    await server.admin.ask(create, { input });
  });

  test('goes with its account', async () => {
    const leaving = await aTenant(server, 'leaving');
    const group = await newGroup('HOST_ANTI_AFFINITY', 'HARD', leaving.client);
    await runMachine(leaving.client, server.db, machine([group]));
    const answer = await mutate(server.admin, 'deleteAccount', 'job { id }', { id: leaving.accountId });
    const job = await followJob(server.admin, (answer.job as { id: string }).id);
    expect(job.status).toBe('SUCCEEDED');
    const left = await server.db
      .selectFrom('AffinityGroup')
      .select('id')
      .where('id', '=', group as Id<'AffinityGroup'>)
      .execute();
    expect(left).toEqual([]);
  });
});
