import { GiB } from '@nephos/model/kernel/units.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBalancedBooks } from '../support/books.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy, findMachine, getMachine, registerTemplate } from '../support/machines.ts';
import { aSecondNetwork } from '../support/second-network.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { askSnapshot, changeSnapshot, snapshot, snapshotsOf } from '../support/snapshots.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let common: Record<string, unknown>;
const offerings: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  for (const [name, size] of [
    ['one', 1],
    ['two', 2],
  ] as const) {
    const { createServiceOffering } = await server.admin.ask<{
      createServiceOffering: { serviceOffering: { id: string } };
    }>(
      'mutation ($input: CreateServiceOfferingInput!) { createServiceOffering(input: $input) { serviceOffering { id } } }',
      { input: { name, cpuCount: size, cpuMhz: 500, memory: Number(GiB) * size, isScalableLive: true } },
    );
    offerings[name] = createServiceOffering.serviceOffering.id;
  }
  common = { zoneId: zone.zoneId, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const aMachine = async (name: string, offering = 'one') => {
  const { machine } = await deploy(server.admin, { ...common, name, serviceOfferingId: offerings[offering] });
  expect(machine.state).toBe('RUNNING');
  return machine.id;
};

const booksBalance = async () => expectBalancedBooks(server.db, await seenInSimulator(zone));
const succeeded = { status: 'SUCCEEDED', error: null };
const take = async (id: string, name: string, input = {}) => {
  const { snapshotId, job } = await snapshot(server.admin, id, { name, ...input });
  expect(job).toMatchObject(succeeded);
  return snapshotId;
};
const revert = (id: string) => changeSnapshot(server.admin, 'revertToVirtualMachineSnapshot', id);
const remove = (id: string) => changeSnapshot(server.admin, 'deleteVirtualMachineSnapshot', id);
const stop = (id: string) => change(server.admin, 'stopVirtualMachine', { id, isForced: true });
const scale = (id: string, offering: string) =>
  server.admin.ask<{ scaleVirtualMachine: { job: { id: string } | null } }>(
    'mutation ($input: ScaleVirtualMachineInput!) { scaleVirtualMachine(input: $input) { job { id } } }',
    { input: { id, serviceOfferingId: offerings[offering] } },
  );

async function rowOf(id: string) {
  const row = await server.db
    .selectFrom('VirtualMachine')
    .select(['state', 'hostId', 'serviceOfferingId', 'cpuCount', 'cpuMhz', 'memoryBytes'])
    .where('id', '=', id as never)
    .executeTakeFirstOrThrow();
  return row;
}

/** What hosts have of a machine: how often it wrote to its root disk, and since when it runs. */
async function onHosts(id: string) {
  const hosts = await zone.simulator.ask({ ask: 'state' });
  const machine = hosts.flatMap(({ machines }) => machines[id] ?? []).find(({ power }) => power !== 'OFF');
  const { volumes } = await getMachine(server.admin, id);
  const disk = hosts
    .flatMap((host) => Object.entries(host.volumes))
    .find(([key]) => key.endsWith(`/${volumes[0]!.id}`));
  return { content: disk?.[1].content, startedAt: machine?.startedAt, cpuCount: machine?.cpuCount };
}

const refusal = async (answer: Promise<unknown>) =>
  answer.then(
    () => 'done',
    (error: unknown) => (error as Error).message,
  );

test('a machine that runs goes back to where it was, with what it had, from wherever it is', async () => {
  const id = await aMachine('web');
  const then = await onHosts(id);
  const first = await take(id, 'before');
  expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING' });
  const { scaleVirtualMachine } = await scale(id, 'two');
  expect(await followJob(server.admin, scaleVirtualMachine.job!.id)).toMatchObject(succeeded);
  const second = await take(id, 'after');
  const small = { serviceOfferingId: offerings.one, cpuCount: 1, cpuMhz: 500, memoryBytes: GiB };
  const large = { serviceOfferingId: offerings.two, cpuCount: 2, cpuMhz: 1000, memoryBytes: 2n * GiB };
  expect(await rowOf(id)).toMatchObject(large);
  await booksBalance();

  expect(await revert(first)).toMatchObject(succeeded);
  expect(await rowOf(id)).toMatchObject({ state: 'RUNNING', ...small });
  expect(await onHosts(id)).toEqual(then);
  await booksBalance();

  await stop(id);
  expect(await revert(second)).toMatchObject(succeeded);
  expect(await rowOf(id)).toMatchObject({ state: 'RUNNING', ...large });
  expect(await onHosts(id)).toEqual({ ...then, cpuCount: 2 });
  await booksBalance();

  await change(server.admin, 'suspendVirtualMachine', { id });
  const third = await take(id, 'standing still');
  expect(await getMachine(server.admin, id)).toMatchObject({ state: 'SUSPENDED' });
  expect(await revert(first)).toMatchObject(succeeded);
  expect(await rowOf(id)).toMatchObject({ state: 'RUNNING', ...small });
  expect(await snapshotsOf(server.admin, id)).toMatchObject([
    { id: first, parentId: null, isCurrent: true, memorySize: Number(GiB) },
    { id: second, parentId: first, isCurrent: false, memorySize: 2 * Number(GiB) },
    { id: third, parentId: second, isCurrent: false, cpuCount: 2 },
  ]);
  await booksBalance();

  // What was taken after one that is gone stands on the one before it.
  expect(await remove(second)).toMatchObject(succeeded);
  expect(await remove(first)).toMatchObject(succeeded);
  expect(await snapshotsOf(server.admin, id)).toMatchObject([
    { id: third, parentId: null, isCurrent: false },
  ]);
  expect(await usageOf(server.db, first)).toEqual([
    ...['VM_SNAPSHOT_CREATE', 'VM_SNAPSHOT_ON_PRIMARY'],
    ...['VM_SNAPSHOT_DELETE', 'VM_SNAPSHOT_OFF_PRIMARY'],
  ]);
  await change(server.admin, 'destroyVirtualMachine', { id });
  await change(server.admin, 'expungeVirtualMachine', { id });
  expect(await findMachine(server.admin, id)).toBeNull();
  await booksBalance();
}, 60_000);

test('disks go back without memory while the machine is off, and it stays off', async () => {
  const id = await aMachine('disks');
  await stop(id);
  const { content } = await onHosts(id);
  expect(
    await refusal(
      askSnapshot(server.admin, 'createVirtualMachineSnapshot', { id, name: 'x', withMemory: true }),
    ),
  ).toContain('disks is off, and has no memory');
  const kept = await take(id, 'off');
  await scale(id, 'two');
  await change(server.admin, 'startVirtualMachine', { id });
  const running = await take(id, 'while it runs', { withMemory: false });
  expect(await refusal(revert(kept))).toContain('which is without memory, it must be STOPPED');
  const [, { availableActions }] = (await snapshotsOf(server.admin, id)) as [
    unknown,
    { availableActions: unknown },
  ];
  expect(availableActions).toMatchObject([
    {
      action: 'REVERT',
      isAllowed: false,
      reason: 'its machine is RUNNING, and must be STOPPED: the snapshot is without memory',
    },
    { action: 'UPDATE', isAllowed: true },
    { action: 'DELETE', isAllowed: true },
  ]);
  await stop(id);
  expect(await revert(kept)).toMatchObject(succeeded);
  expect(await rowOf(id)).toMatchObject({ state: 'STOPPED', hostId: null, cpuCount: 1 });
  expect((await onHosts(id)).content).toBe(content);
  expect(await usageOf(server.db, id)).toEqual([
    ...['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_SCALE', 'VM_START', 'VM_STOP', 'VM_SCALE'],
  ]);
  await booksBalance();
  expect(await remove(running)).toMatchObject(succeeded);
  await booksBalance();
}, 60_000);

test('what would make snapshots worthless is refused, and said beforehand', async () => {
  const id = await aMachine('kept');
  const actions = async () => {
    const { virtualMachine } = await server.admin.ask<{
      virtualMachine: { availableActions: { action: string; reason: string | null }[] };
    }>('query ($id: ID!) { virtualMachine(id: $id) { availableActions { action reason } } }', { id });
    return Object.fromEntries(virtualMachine.availableActions.map(({ action, reason }) => [action, reason]));
  };
  const reinstall = () => refusal(change(server.admin, 'reinstallVirtualMachine', { id }));
  const networkId = await aSecondNetwork(server.db, zone.zoneId);
  const attach = () =>
    refusal(
      server.admin.ask('mutation ($input: AttachNicInput!) { attachNic(input: $input) { job { id } } }', {
        input: { id, networkId },
      }),
    );
  const withoutMemory = await take(id, 'disks', { withMemory: false });
  expect(await reinstall()).toContain('to be reinstalled it must have none');
  expect(await actions()).toMatchObject({
    REINSTALL: 'it has snapshots, which keep the disks that it has',
    ATTACH_NIC: null,
    CREATE_SNAPSHOT: null,
  });
  const withMemory = await take(id, 'all');
  expect(await attach()).toContain('to have them changed it must have none');
  expect(await actions()).toMatchObject({
    DETACH_NIC: 'it has snapshots with memory, which know the network cards that it has',
  });
  expect(await remove(withMemory)).toMatchObject(succeeded);
  expect(await attach()).toBe('done');
  expect(await remove(withoutMemory)).toMatchObject(succeeded);
  expect(await actions()).toMatchObject({ REINSTALL: null, DETACH_NIC: null });
}, 60_000);

test('a machine has so many snapshots and no more; they are called anew', async () => {
  const id = await aMachine('many');
  await changeSetting(server.admin, 'vm.snapshot.max', '1');
  const only = await take(id, 'only', { withMemory: false });
  expect(
    await refusal(askSnapshot(server.admin, 'createVirtualMachineSnapshot', { id, name: 'more' })),
  ).toContain('many has 1 snapshots; vm.snapshot.max allows 1 of a machine');
  await changeSetting(server.admin, 'vm.snapshot.max', '10');
  const update = (input: Record<string, unknown>) =>
    server.admin.ask(
      'mutation ($input: UpdateVirtualMachineSnapshotInput!) { updateVirtualMachineSnapshot(input: $input) { snapshot { name description } } }',
      { input: { id: only, ...input } },
    );
  expect(await update({ name: 'last good', description: 'before the upgrade' })).toEqual({
    updateVirtualMachineSnapshot: { snapshot: { name: 'last good', description: 'before the upgrade' } },
  });
  expect(await refusal(update({ name: '<b>' }))).toContain('input.name');
  const { virtualMachineSnapshots } = await server.admin.ask<{
    virtualMachineSnapshots: { nodes: unknown[] };
  }>(
    'query ($id: ID!) { virtualMachineSnapshots(filter: { virtualMachineId: $id, state: READY }) { nodes { id virtualMachine { id } } } }',
    { id },
  );
  expect(virtualMachineSnapshots.nodes).toEqual([{ id: only, virtualMachine: { id } }]);
});

test('what fails leaves the machine as it was, and a snapshot that is deleted in part can only be deleted', async () => {
  const id = await aMachine('fails');
  const kept = await take(id, 'kept');
  const rename = (name: string) =>
    server.admin.ask(
      'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
      { input: { id, name } },
    );
  await rename('fail-at-snapshot');
  expect((await snapshot(server.admin, id, { name: 'never' })).job).toMatchObject({ status: 'FAILED' });
  expect(await snapshotsOf(server.admin, id)).toMatchObject([{ id: kept, state: 'READY', isCurrent: true }]);
  await booksBalance();
  await rename('fail-at-revert');
  expect(await revert(kept)).toMatchObject({ status: 'FAILED' });
  expect(await rowOf(id)).toMatchObject({ state: 'RUNNING' });
  await booksBalance();
  await rename('lost-at-revert');
  expect(await revert(kept)).toMatchObject({ status: 'FAILED' });
  // What has become of it its host is asked.
  await eventually(
    () => getMachine(server.admin, id),
    ({ state }) => state === 'STOPPED',
  );
  await booksBalance();
  await rename('fail-at-delete-snapshot');
  expect(await remove(kept)).toMatchObject({ status: 'FAILED' });
  expect(await snapshotsOf(server.admin, id)).toMatchObject([{ id: kept, state: 'ERROR' }]);
  expect(await refusal(revert(kept))).toContain('is ERROR; to go back to it it must be READY');
  await rename('mended');
  expect(await remove(kept)).toMatchObject(succeeded);
  await booksBalance();
}, 60_000);

test('a snapshot that no job works on any more is put right', async () => {
  const id = await aMachine('lost');
  const [one, two] = [
    await take(id, 'one', { withMemory: false }),
    await take(id, 'two', { withMemory: false }),
  ];
  const states = async () => (await snapshotsOf(server.admin, id)).map(({ state }) => state);
  for (const [snapshotId, state] of [
    [one, 'DELETING'],
    [two, 'REVERTING'],
  ] as const) {
    await server.db
      .updateTable('VirtualMachineSnapshot')
      .set({ state })
      .where('id', '=', snapshotId as never)
      .execute();
  }
  expect(await refusal(scale(id, 'two'))).toMatch(/snapshot (one|two) of lost is \w+ING; wait/);
  await eventually(states, (now) => now.join() === 'ERROR,READY');
  expect(await remove(one)).toMatchObject(succeeded);
  await booksBalance();
}, 60_000);
