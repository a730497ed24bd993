import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { change, deploy, getMachine, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { usageOf } from '../support/usage.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let common: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server);
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const offering = await serviceOfferingId(server.admin);
  common = { zoneId: zone.zoneId, serviceOfferingId: offering, templateId };
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key: 'vm.stop.grace', value: '1' } },
  );
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function running(name: string): Promise<string> {
  const { machine } = await deploy(server.admin, { ...common, name });
  expect(machine.state).toBe('RUNNING');
  return machine.id;
}

async function actionsOf(id: string): Promise<Record<string, string | null>> {
  const { virtualMachine } = await server.admin.ask<{
    virtualMachine: {
      allowedActions: string[];
      availableActions: { action: string; reason: string | null }[];
    };
  }>('query ($id: ID!) { virtualMachine(id: $id) { allowedActions availableActions { action reason } } }', {
    id,
  });
  const allowed = virtualMachine.availableActions.filter(({ reason }) => reason === null);
  expect(virtualMachine.allowedActions).toEqual(allowed.map(({ action }) => action));
  return Object.fromEntries(virtualMachine.availableActions.map(({ action, reason }) => [action, reason]));
}

const powersOnHost = async (id: string) => {
  const hosts = await zone.simulator.ask({ ask: 'state' });
  return hosts.flatMap(({ machines }) => machines[id]?.power ?? []);
};

test('a suspended machine keeps its place and its meter, and goes on', async () => {
  const { admin, db } = server;
  const id = await running('stands-still');
  const capacity = () =>
    db.selectFrom('HostCapacity').select('memoryBytesReserved').executeTakeFirstOrThrow();
  const before = await capacity();
  expect(await change(admin, 'suspendVirtualMachine', { id })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getMachine(admin, id)).toMatchObject({ state: 'SUSPENDED' });
  expect(await powersOnHost(id)).toEqual(['PAUSED']);
  expect(await capacity()).toEqual(before);
  expect(await actionsOf(id)).toMatchObject({
    SUSPEND: 'it is SUSPENDED, and must be RUNNING',
    RESUME: null,
    STOP: null,
    DESTROY: null,
    OPEN_CONSOLE: null,
    START: 'it is SUSPENDED, and must be STOPPED',
  });
  expect(await change(admin, 'resumeVirtualMachine', { id })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getMachine(admin, id)).toMatchObject({ state: 'RUNNING' });
  expect(await powersOnHost(id)).toEqual(['ON']);
  expect(await usageOf(db, id)).toEqual(['VM_CREATE', 'VM_START']);
});

test('what is suspended can be stopped, and destroyed', async () => {
  const { admin } = server;
  const id = await running('stands-and-stops');
  await change(admin, 'suspendVirtualMachine', { id });
  expect(await change(admin, 'stopVirtualMachine', { id })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getMachine(admin, id)).toMatchObject({ state: 'STOPPED' });
  await change(admin, 'startVirtualMachine', { id });
  await change(admin, 'suspendVirtualMachine', { id });
  expect(await change(admin, 'destroyVirtualMachine', { id })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getMachine(admin, id)).toMatchObject({ state: 'DESTROYED' });
});

test('a machine that cannot be suspended runs on, one that cannot go on stays', async () => {
  const { admin } = server;
  const runs = await running('fail-at-suspend');
  expect(await change(admin, 'suspendVirtualMachine', { id: runs })).toMatchObject({ status: 'FAILED' });
  expect(await getMachine(admin, runs)).toMatchObject({ state: 'RUNNING' });
  const stays = await running('fail-at-resume');
  await change(admin, 'suspendVirtualMachine', { id: stays });
  expect(await change(admin, 'resumeVirtualMachine', { id: stays })).toMatchObject({ status: 'FAILED' });
  expect(await getMachine(admin, stays)).toMatchObject({ state: 'SUSPENDED' });
});

test('what someone does to it at the host is believed', async () => {
  const { admin } = server;
  const id = await running('paused-at-host');
  const machineId = parseId('VirtualMachine', id);
  await zone.simulator.ask({ ask: 'pause', host: 0, machineId });
  await eventually(
    () => getMachine(admin, id),
    ({ state }) => state === 'SUSPENDED',
  );
  await zone.simulator.ask({ ask: 'powerOn', host: 0, machineId });
  await eventually(
    () => getMachine(admin, id),
    ({ state }) => state === 'RUNNING',
  );
});

test('a guest restarts when it is asked, and is reset when it does not', async () => {
  const { admin, db } = server;
  const outcome = async (name: string, isForced: boolean) => {
    const { id } = await change(admin, 'rebootVirtualMachine', { id: await running(name), isForced });
    const job = await db
      .selectFrom('Job')
      .select('outputs')
      .where('id', '=', parseId('Job', id))
      .executeTakeFirst();
    return job?.outputs;
  };
  expect(await outcome('listens', false)).toEqual({ reboot: { forced: false } });
  expect(await outcome('ignores-power-button', false)).toEqual({ reboot: { forced: true } });
  expect(await outcome('is-reset', true)).toEqual({ reboot: { forced: true } });
});
