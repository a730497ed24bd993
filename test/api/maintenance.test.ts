import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startHostedWorld, type HostedWorld } from '../support/hosted-world.ts';
import { beginOnHost, changeHost, getHost, hostMutation, placeOf, workOnHost } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { change, getMachine } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';

let world: HostedWorld;
/** The host that is emptied; the others take no machine until it is. */
let host: string;
let others: readonly string[];

beforeAll(async () => {
  world = await startHostedWorld(3);
  [host, ...others] = world.hosts as [string, ...string[]];
});

beforeEach(async () => {
  const { admin } = world.server;
  for (const id of others) {
    if ((await getHost(admin, id)).adminState === 'ENABLED') await changeHost(admin, 'disableHost', { id });
  }
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Machines that run on the host that is to be emptied, while the others are ready to take them. */
async function fill(...names: string[]): Promise<string[]> {
  const ids = [];
  for (const name of names) ids.push((await world.running(name)).id);
  for (const id of others) await changeHost(world.server.admin, 'enableHost', { id });
  return ids;
}

const prepare = (input: Record<string, unknown> = {}) =>
  workOnHost(world.server.admin, 'prepareHostForMaintenance', { id: host, ...input });
const cancel = () => changeHost(world.server.admin, 'cancelHostMaintenance', { id: host });
const adminState = async () => (await getHost(world.server.admin, host)).adminState;

async function removeAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await change(world.server.admin, 'destroyVirtualMachine', { id });
    await change(world.server.admin, 'expungeVirtualMachine', { id });
  }
}

test('all machines leave a host, it takes none, and then it does again', async () => {
  const { admin } = world.server;
  const ids = await fill('one', 'two', 'three', 'four', 'five');
  const job = await prepare();
  expect(job).toMatchObject({
    status: 'SUCCEEDED',
    resultId: host,
    steps: [{ name: 'moveMachines', detail: '5 of 5 machines moved' }],
  });
  expect(await adminState()).toBe('MAINTENANCE');
  for (const id of ids) {
    const place = await placeOf(admin, id);
    expect(place).toMatchObject({ state: 'RUNNING', targetHost: null });
    expect(others).toContain(place.host);
  }
  await world.expectBalancedBooks();
  const { id: late, host: lateHost } = await world.running('late');
  expect(others).toContain(lateHost);
  expect(await cancel()).toMatchObject({ adminState: 'ENABLED' });
  const back = await change(admin, 'migrateVirtualMachine', { id: late, hostId: host });
  expect(back).toMatchObject({ status: 'SUCCEEDED' });
  await world.expectBalancedBooks();
  await removeAll([...ids, late]);
});

test('a machine that was stopped there starts elsewhere meanwhile', async () => {
  const { admin } = world.server;
  const [id] = await fill('stopped');
  await change(admin, 'stopVirtualMachine', { id: id!, isForced: true });
  expect(await prepare()).toMatchObject({ status: 'SUCCEEDED' });
  await change(admin, 'startVirtualMachine', { id: id! });
  expect(others).toContain((await placeOf(admin, id!)).host);
  await cancel();
  await world.expectBalancedBooks();
  await removeAll([id!]);
});

test('it says which machine would not move, and why', async () => {
  const { admin } = world.server;
  const ids = await fill('fail-at-migrate-here', 'goes', 'sleeps');
  await change(admin, 'suspendVirtualMachine', { id: ids[2]! });
  const job = await prepare();
  expect(job).toMatchObject({ status: 'FAILED', error: { code: 'INVALID_STATE' } });
  const { adminState: state, adminStateReason } = await getHost(admin, host);
  expect(state).toBe('ERROR_IN_MAINTENANCE');
  expect(adminStateReason).toMatch(/fail-at-migrate-here: .*half-way/);
  expect(adminStateReason).toContain('sleeps: it is SUSPENDED');
  expect(await placeOf(admin, ids[0]!)).toMatchObject({ state: 'RUNNING', host });
  expect((await placeOf(admin, ids[1]!)).host).not.toBe(host);
  await world.expectBalancedBooks();
  // The same once more, with leave to stop them.
  expect(await prepare({ onUnmovable: 'STOP' })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getHost(admin, host)).toMatchObject({ adminState: 'MAINTENANCE', adminStateReason: null });
  expect(await getMachine(admin, ids[0]!)).toMatchObject({ state: 'STOPPED' });
  expect(await getMachine(admin, ids[2]!)).toMatchObject({ state: 'STOPPED' });
  await cancel();
  await world.expectBalancedBooks();
  await removeAll(ids);
});

test('it fails when no other host has room, and names the machine', async () => {
  const { admin } = world.server;
  const [id] = await fill('nowhere-to-go');
  for (const each of others) await changeHost(admin, 'disableHost', { id: each });
  expect(await prepare()).toMatchObject({ status: 'FAILED' });
  const { adminStateReason } = await getHost(admin, host);
  expect(adminStateReason).toMatch(/nowhere-to-go: none of the 3 hosts/);
  await cancel();
  await removeAll([id!]);
});

test('it is cancelled at any time; what has moved stays there', async () => {
  const { admin } = world.server;
  const ids = await fill('slow-at-migrate-a', 'slow-at-migrate-b', 'slow-at-migrate-c');
  const jobId = await beginOnHost(admin, 'prepareHostForMaintenance', { id: host });
  await eventually(
    () => Promise.all(ids.map((id) => placeOf(admin, id))),
    (places) => places.filter(({ state }) => state === 'MIGRATING').length === 2,
  );
  // A few at a time: the third has to wait.
  expect((await Promise.all(ids.map((id) => placeOf(admin, id)))).map(({ state }) => state).sort()).toEqual([
    'MIGRATING',
    'MIGRATING',
    'RUNNING',
  ]);
  expect(await cancel()).toMatchObject({ adminState: 'ENABLED' });
  expect(await followJob(admin, jobId)).toMatchObject({ status: 'CANCELLED' });
  expect(await adminState()).toBe('ENABLED');
  await eventually(
    () => Promise.all(ids.map((id) => placeOf(admin, id))),
    (places) => places.every(({ state }) => state === 'RUNNING'),
  );
  await world.expectBalancedBooks();
  await removeAll(ids);
});

test('machines that left come back, if they are asked to', async () => {
  const { admin } = world.server;
  const ids = await fill('returns-1', 'returns-2', 'returns-3', 'returns-4');
  expect(await prepare()).toMatchObject({ status: 'SUCCEEDED' });
  const { answer } = await admin.ask<{ answer: { host: { adminState: string }; job: { id: string } } }>(
    `mutation ($input: CancelHostMaintenanceInput!) {
      answer: cancelHostMaintenance(input: $input) { host { adminState } job { id } } }`,
    { input: { id: host, returnsMachines: true } },
  );
  expect(answer.host.adminState).toBe('ENABLED');
  const job = await followJob(admin, answer.job.id);
  expect(job).toMatchObject({ status: 'SUCCEEDED', resultId: host });
  for (const id of ids) expect(await placeOf(admin, id)).toMatchObject({ state: 'RUNNING', host });
  await world.expectBalancedBooks();
  await removeAll(ids);
});

test('cancelling its job is the same', async () => {
  const { admin } = world.server;
  const ids = await fill('slow-at-migrate-d');
  const jobId = await beginOnHost(admin, 'prepareHostForMaintenance', { id: host });
  await eventually(
    () => placeOf(admin, ids[0]!),
    ({ state }) => state === 'MIGRATING',
  );
  await admin.ask('mutation ($input: JobInput!) { cancelJob(input: $input) { job { id } } }', {
    input: { id: jobId },
  });
  expect(await followJob(admin, jobId)).toMatchObject({ status: 'CANCELLED' });
  expect(await adminState()).toBe('ENABLED');
});

test('what the state does not allow is refused', async () => {
  const { admin } = world.server;
  const refused = (mutation: Parameters<typeof hostMutation>[0]) =>
    refusalOf(admin, hostMutation(mutation), { input: { id: others[0] } });
  expect(await refused('cancelHostMaintenance')).toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringContaining('is DISABLED; to come back from maintenance it must be') as string,
  });
  expect(await refused('disableHost')).toMatchObject({ code: 'INVALID_STATE' });
  const { version } = await getHost(admin, host);
  expect(
    await refusalOf(admin, hostMutation('prepareHostForMaintenance'), {
      input: { id: host, expectedVersion: version - 1 },
    }),
  ).toMatchObject({ code: 'VERSION_CONFLICT' });
});
