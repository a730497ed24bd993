import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { change, deploy, getMachine, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSnapshot, snapshot, snapshotsOf } from '../support/snapshots.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let id: string;
const clock = new ShiftedClock();
/** The runner looks every few seconds. */
const patience = { timeout: 30_000, interval: 100 };

beforeAll(async () => {
  server = await startTestServer({ clock });
  zone = await createTestZone(server, { hosts: 1 });
  const { machine } = await deploy(server.admin, {
    name: 'nightly',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  id = machine.id;
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Schedule {
  id: string;
  nextRunAt: string | null;
  lastRunAt: string | null;
  lastJobId: string | null;
  lastSkipReason: string | null;
  version: number;
}

const fields = 'id nextRunAt lastRunAt lastJobId lastSkipReason version';
const createMutation = `mutation ($input: CreateVirtualMachineScheduleInput!) {
  createVirtualMachineSchedule(input: $input) { schedule { ${fields} } }
}`;
const updateMutation = `mutation ($input: UpdateVirtualMachineScheduleInput!) {
  updateVirtualMachineSchedule(input: $input) { schedule { ${fields} } }
}`;
const deleteMutation = `mutation ($input: DeleteVirtualMachineScheduleInput!) {
  deleteVirtualMachineSchedule(input: $input) { scheduleId }
}`;

async function create(action: string, cron: string, more: Record<string, unknown> = {}): Promise<Schedule> {
  const input = { virtualMachineId: id, action, cron, timeZone: 'UTC', ...more };
  const { createVirtualMachineSchedule } = await server.admin.ask<{
    createVirtualMachineSchedule: { schedule: Schedule };
  }>(createMutation, { input });
  return createVirtualMachineSchedule.schedule;
}

async function schedules(): Promise<Schedule[]> {
  const { virtualMachineSchedules } = await server.admin.ask<{
    virtualMachineSchedules: { nodes: Schedule[] };
  }>(
    `query ($id: ID!) { virtualMachineSchedules(filter: { virtualMachineId: $id }) { nodes { ${fields} } } }`,
    { id },
  );
  return virtualMachineSchedules.nodes;
}

async function scheduleOf({ id: scheduleId }: Schedule): Promise<Schedule> {
  const found = (await schedules()).find((each) => each.id === scheduleId);
  if (found === undefined) throw new Error(`schedule ${scheduleId} is gone`);
  return found;
}

const remove = (schedule: Schedule) => server.admin.ask(deleteMutation, { input: { id: schedule.id } });

/** Lets time pass until a schedule is due, and a minute more. */
function passTo({ nextRunAt }: Schedule): void {
  if (nextRunAt === null) throw new Error('the schedule has no next moment');
  clock.pass((new Date(nextRunAt).getTime() - clock.now().getTime()) / 1000 + 60);
}

test('stops a machine at its time, and starts it at another', async () => {
  const stop = await create('STOP', '0 22 * * *');
  passTo(stop);
  await vi.waitFor(
    async () => expect(await getMachine(server.admin, id)).toMatchObject({ state: 'STOPPED' }),
    patience,
  );
  const stopped = await scheduleOf(stop);
  expect(stopped).toMatchObject({
    lastJobId: expect.stringMatching(/^job_/) as string,
    lastSkipReason: null,
  });
  expect(new Date(stopped.nextRunAt ?? 0).getTime()).toBeGreaterThan(clock.now().getTime());

  const start = await create('START', '0 7 * * *');
  passTo(start);
  await vi.waitFor(
    async () => expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING' }),
    patience,
  );
  await remove(stop);
  await remove(start);
}, 60_000);

test('a time at which it cannot be done is skipped, with the reason', async () => {
  const start = await create('START', '30 12 * * *');
  passTo(start);
  await vi.waitFor(async () => {
    const { lastSkipReason, lastJobId } = await scheduleOf(start);
    expect([lastSkipReason, lastJobId]).toEqual([expect.stringContaining('is RUNNING'), null]);
  }, patience);
  await remove(start);
}, 30_000);

test('what was missed for long is not made up for', async () => {
  const stop = await create('FORCE_STOP', '0 3 * * *');
  passTo(stop);
  clock.pass(3600);
  await vi.waitFor(async () => {
    expect((await scheduleOf(stop)).lastSkipReason).toContain('the platform was away');
  }, patience);
  expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING' });
  await remove(stop);
}, 30_000);

test('two servers carry out a moment once', async () => {
  await using second = await startTestServer({
    clock,
    masterKeyFile: path.join(server.folder, 'master.key'),
    database: { url: server.databaseUrl, db: server.db, [Symbol.asyncDispose]: () => Promise.resolve() },
  });
  const reboot = await create('FORCE_REBOOT', '15 * * * *');
  const jobs = () =>
    server.db.selectFrom('Job').select('id').where('kind', '=', 'virtualMachine.reboot').execute();
  const before = (await jobs()).length;
  for (let round = 1; round <= 3; round++) {
    passTo(await scheduleOf(reboot));
    await vi.waitFor(async () => expect((await jobs()).length).toBe(before + round), patience);
  }
  // Both have looked by then.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect((await jobs()).length).toBe(before + 3);
  expect(second.url).not.toBe(server.url);
  await remove(reboot);
}, 60_000);

test('a disabled one does nothing, and begins anew from when it is enabled', async () => {
  const schedule = await create('STOP', '0 5 * * *', { isEnabled: false });
  expect(schedule.nextRunAt).toBeNull();
  const { updateVirtualMachineSchedule } = await server.admin.ask<{
    updateVirtualMachineSchedule: { schedule: Schedule };
  }>(updateMutation, { input: { id: schedule.id, isEnabled: true, expectedVersion: schedule.version } });
  expect(updateVirtualMachineSchedule.schedule.nextRunAt).not.toBeNull();
  expect(
    await refusalOf(server.admin, updateMutation, {
      input: { id: schedule.id, cron: '0 6 * * *', expectedVersion: schedule.version },
    }),
  ).toMatchObject({ code: 'VERSION_CONFLICT' });
  await remove(schedule);
});

test('takes snapshots, and keeps so many of them', async () => {
  const schedule = await create('SNAPSHOT', '0 4 * * *', { keep: 1 });
  const own = await snapshot(server.admin, id, { name: 'own', withMemory: false });
  const taken = async () =>
    (await snapshotsOf(server.admin, id)).filter(({ id: each }) => each !== own.snapshotId);
  passTo(schedule);
  await vi.waitFor(async () => expect(await taken()).toMatchObject([{ state: 'READY' }]), patience);
  const [first] = await taken();
  expect(first?.name).toMatch(/^scheduled \d{4}-\d\d-\d\d \d\d\.\d\d$/);
  passTo(await scheduleOf(schedule));
  await vi.waitFor(async () => {
    const [only, ...others] = await taken();
    expect([only?.state, only?.id === first?.id, others]).toEqual(['READY', false, []]);
  }, patience);
  await remove(schedule);
  // They are the machine's, and stay.
  const all = await snapshotsOf(server.admin, id);
  expect(all).toHaveLength(2);
  for (const { id: each } of all) await changeSnapshot(server.admin, 'deleteVirtualMachineSnapshot', each);
  for (const [action, more, value] of [
    ['SNAPSHOT', {}, 'null'],
    ['SNAPSHOT', { keep: 101 }, '101'],
    ['STOP', { keep: 1 }, '1'],
  ] as const) {
    const input = { virtualMachineId: id, action, cron: '0 4 * * *', timeZone: 'UTC', ...more };
    expect(await refusalOf(server.admin, createMutation, { input })).toMatchObject({
      path: 'input.keep',
      value,
    });
  }
}, 60_000);

test('bad input names the field, the value and the rule', async () => {
  const input = { virtualMachineId: id, action: 'STOP', cron: '* * * * *', timeZone: 'UTC' };
  expect(await refusalOf(server.admin, createMutation, { input })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.cron',
    value: '"* * * * *"',
  });
});

test('goes with its machine', async () => {
  const schedule = await create('STOP', '0 5 * * *');
  await change(server.admin, 'destroyVirtualMachine', { id });
  await change(server.admin, 'expungeVirtualMachine', { id });
  expect(
    await server.db
      .selectFrom('VirtualMachineSchedule')
      .select('id')
      .where('id', '=', schedule.id as never)
      .execute(),
  ).toEqual([]);
});
