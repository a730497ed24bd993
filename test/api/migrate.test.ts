import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startHostedWorld, type HostedWorld } from '../support/hosted-world.ts';
import { changeHost, placeOf } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy, getMachine } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';

let world: HostedWorld;

beforeAll(async () => {
  world = await startHostedWorld(3);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const mutation = `mutation ($input: MigrateVirtualMachineInput!) {
  migrateVirtualMachine(input: $input) { virtualMachine { state } job { id } } }`;

async function begin(input: Record<string, unknown>): Promise<string> {
  const { migrateVirtualMachine } = await world.server.admin.ask<{
    migrateVirtualMachine: { job: { id: string } };
  }>(mutation, { input });
  return migrateVirtualMachine.job.id;
}

const placed = (id: string) => placeOf(world.server.admin, id);
const elsewhere = (hostId: string) => world.hosts.filter((id) => id !== hostId);

test('a running machine moves to a host that is named, and back', async () => {
  const { admin } = world.server;
  const { id, host: home } = await world.running('walker');
  const [away] = elsewhere(home);
  const job = await change(admin, 'migrateVirtualMachine', { id, hostId: away });
  expect(job).toMatchObject({ status: 'SUCCEEDED', resultId: id });
  expect(job.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'reserve SUCCEEDED',
    'expect SUCCEEDED',
    'migrate SUCCEEDED',
    'leave SUCCEEDED',
  ]);
  expect(await placed(id)).toEqual({ state: 'RUNNING', host: away, targetHost: null });
  await world.expectBalancedBooks();
  await change(admin, 'migrateVirtualMachine', { id, hostId: home });
  expect(await placed(id)).toEqual({ state: 'RUNNING', host: home, targetHost: null });
  await world.expectBalancedBooks();
});

test('without a host it goes to another one that fits', async () => {
  const { id, host: home } = await world.running('chooser');
  await change(world.server.admin, 'migrateVirtualMachine', { id });
  const { state, host } = await placed(id);
  expect(state).toBe('RUNNING');
  expect(elsewhere(home)).toContain(host);
  await world.expectBalancedBooks();
});

test('what its new host says of it counts from then on', async () => {
  const { admin } = world.server;
  const { id } = await world.running('falls-asleep');
  await change(admin, 'migrateVirtualMachine', { id });
  const { host } = await placed(id);
  const index = world.indexOf(host!);
  await world.zone.simulator.ask({ ask: 'powerOff', host: index, machineId: parseId('VirtualMachine', id) });
  await eventually(
    () => getMachine(admin, id),
    ({ state }) => state === 'STOPPED',
  );
  await world.expectBalancedBooks();
});

test('one that fails half-way runs on where it was', async () => {
  const { id, host: home } = await world.running('fail-at-migrate-1');
  const job = await change(world.server.admin, 'migrateVirtualMachine', { id });
  expect(job).toMatchObject({ status: 'FAILED', error: { code: 'AGENT_FAILED' } });
  expect(job.error?.message).toContain('half-way');
  expect(await placed(id)).toEqual({ state: 'RUNNING', host: home, targetHost: null });
  await world.expectBalancedBooks();
});

test('one that is cancelled runs on where it was', async () => {
  const { admin, db } = world.server;
  const { id, host: home } = await world.running('slow-at-migrate-1');
  const jobId = await begin({ id });
  await eventually(
    () =>
      db
        .selectFrom('Job')
        .select('progress')
        .where('id', '=', parseId('Job', jobId))
        .executeTakeFirstOrThrow(),
    ({ progress }) => progress > 50,
  );
  const moving = await placed(id);
  expect(moving).toMatchObject({ state: 'MIGRATING', host: home });
  const reserved = await db
    .selectFrom('HostCapacity')
    .select('hostId')
    .where('cpuMhzReserved', '>', 0)
    .execute();
  expect(reserved.map(({ hostId }) => hostId)).toContain(moving.targetHost);
  await admin.ask('mutation ($input: JobInput!) { cancelJob(input: $input) { job { id } } }', {
    input: { id: jobId },
  });
  expect(await followJob(admin, jobId)).toMatchObject({ status: 'CANCELLED' });
  expect(await placed(id)).toEqual({ state: 'RUNNING', host: home, targetHost: null });
  await world.expectBalancedBooks();
});

test('one whose host tells all that it has in the middle of it still arrives', async () => {
  const { admin } = world.server;
  const { id, host: home } = await world.running('slow-at-migrate-2');
  const jobId = await begin({ id });
  await eventually(
    () => placed(id),
    ({ state }) => state === 'MIGRATING',
  );
  const { targetHost } = await placed(id);
  for (const hostId of [home, targetHost!]) await changeHost(admin, 'reconnectHost', { id: hostId });
  expect(await followJob(admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await placed(id)).toEqual({ state: 'RUNNING', host: targetHost, targetHost: null });
  await world.expectBalancedBooks();
});

test('one that goes off on its way is off', async () => {
  const { admin } = world.server;
  const { id, host: home } = await world.running('slow-at-migrate-3');
  const jobId = await begin({ id });
  await eventually(
    () => placed(id),
    ({ state }) => state === 'MIGRATING',
  );
  const host = world.indexOf(home);
  await world.zone.simulator.ask({ ask: 'powerOff', host, machineId: parseId('VirtualMachine', id) });
  expect(await followJob(admin, jobId)).toMatchObject({ status: 'FAILED', error: { code: 'AGENT_FAILED' } });
  await eventually(
    () => placed(id),
    ({ state }) => state === 'STOPPED',
  );
  await world.expectBalancedBooks();
});

test('one that is off starts where it was sent', async () => {
  const { admin } = world.server;
  const { id, host: home } = await world.running('sleeper');
  await change(admin, 'stopVirtualMachine', { id, isForced: true });
  const [away] = elsewhere(home);
  expect(await change(admin, 'migrateVirtualMachine', { id, hostId: away })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await placed(id)).toEqual({ state: 'STOPPED', host: null, targetHost: null });
  await change(admin, 'startVirtualMachine', { id });
  expect(await placed(id)).toMatchObject({ state: 'RUNNING', host: away });
  await world.expectBalancedBooks();
});

test('what cannot be done is refused, and why', async () => {
  const { admin } = world.server;
  const { id, host: home } = await world.running('stays');
  const refused = (input: Record<string, unknown>) => refusalOf(admin, mutation, { input });
  expect(await refused({ id, hostId: home })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.hostId',
  });
  const others = elsewhere(home);
  for (const hostId of others) await changeHost(admin, 'disableHost', { id: hostId });
  expect(await refused({ id })).toMatchObject({ code: 'INSUFFICIENT_CAPACITY' });
  expect(await refused({ id, hostId: others[0] })).toMatchObject({ code: 'INSUFFICIENT_CAPACITY' });
  for (const hostId of others) await changeHost(admin, 'enableHost', { id: hostId });
  await change(admin, 'suspendVirtualMachine', { id });
  expect(await refused({ id })).toMatchObject({ code: 'INVALID_STATE' });
  await change(admin, 'stopVirtualMachine', { id, isForced: true });
  expect(await refused({ id })).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.hostId' });
  expect(await placed(id)).toEqual({ state: 'STOPPED', host: null, targetHost: null });
  await world.expectBalancedBooks();
});

test('the plan says of every host whether it would do', async () => {
  const { admin } = world.server;
  const { id, host: home } = await world.running('planned');
  const [closed, open] = elsewhere(home);
  await changeHost(admin, 'disableHost', { id: closed! });
  const { plan } = await admin.ask<{
    plan: {
      fits: boolean;
      chosenHost: { id: string };
      hosts: {
        nodes: { fits: boolean; host: { id: string }; reasons: { reason: string; message: string }[] }[];
      };
    };
  }>(
    `query ($id: ID!) { plan: planMigrateVirtualMachine(id: $id) {
      fits chosenHost { id } hosts { nodes { fits host { id } reasons { reason message } } } } }`,
    { id },
  );
  expect(plan).toMatchObject({ fits: true, chosenHost: { id: open } });
  const reasonsOf = (hostId?: string) =>
    plan.hosts.nodes.find(({ host }) => host.id === hostId)?.reasons.map(({ reason }) => reason);
  expect(reasonsOf(open)).toEqual([]);
  expect(reasonsOf(home)).toEqual(['EXCLUDED_HOST']);
  expect(reasonsOf(closed)).toEqual(['HOST_NOT_ENABLED']);
  await changeHost(admin, 'enableHost', { id: closed! });
  await change(admin, 'suspendVirtualMachine', { id });
  const refused = await refusalOf(admin, 'query ($id: ID!) { planMigrateVirtualMachine(id: $id) { fits } }', {
    id,
  });
  expect(refused).toMatchObject({ code: 'INVALID_STATE' });
  expect(await placed(id)).toMatchObject({ state: 'SUSPENDED', host: home });
});

test('a host whose agent cannot send machines is said to be the reason', async () => {
  const { admin, db } = world.server;
  const { machine } = await deploy(admin, world.machine('bound'));
  const { host } = await placed(machine.id);
  const hostId = parseId('Host', host!);
  const { facts } = await db
    .selectFrom('Host')
    .select('facts')
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  const told = facts as { capabilities: object };
  const older = { ...told, capabilities: { ...told.capabilities, liveMigration: false } };
  const write = (value: unknown) =>
    db
      .updateTable('Host')
      .set({ facts: JSON.stringify(value) })
      .where('id', '=', hostId)
      .execute();
  await write(older);
  expect(await refusalOf(admin, mutation, { input: { id: machine.id } })).toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringContaining('cannot send machines that run') as string,
  });
  await write(facts);
});
