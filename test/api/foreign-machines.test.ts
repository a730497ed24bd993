import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBalancedBooks } from '../support/books.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import { eventually } from '../support/eventually.ts';
import {
  aForeignMachine,
  foreignMachines,
  foreignNamed,
  importMachine,
  makeForeign,
  unmanage,
} from '../support/foreign-machines.ts';
import {
  change,
  deploy,
  findMachine,
  getMachine,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain } from '../support/tenancy.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let serviceOffering: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server);
  templateId = await registerTemplate(server.admin, zone.zoneId);
  serviceOffering = await serviceOfferingId(server.admin);
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const refused = (input: Record<string, unknown>) =>
  refusalOf(
    server.admin,
    'mutation ($input: ImportVirtualMachineInput!) { importVirtualMachine(input: $input) { job { id } } }',
    { input: { serviceOfferingId: serviceOffering, ...input } },
  );

const balanced = async () => expectBalancedBooks(server.db, await seenInSimulator(zone));

async function running(name: string): Promise<Id<'VirtualMachine'>> {
  const { machine } = await deploy(server.admin, {
    name,
    zoneId: zone.zoneId,
    serviceOfferingId: serviceOffering,
    templateId,
  });
  expect(machine.state).toBe('RUNNING');
  return parseId('VirtualMachine', machine.id);
}

test('what a host has that is none of ours is shown, as it changes', async () => {
  const { admin } = server;
  const machine = aForeignMachine(zone, { name: 'seen', obstacle: 'its disk is on a floppy' });
  const id = await makeForeign(admin, zone, machine);
  const { hosts } = await admin.ask<{ hosts: { nodes: { foreignMachines: unknown[] }[] } }>(
    '{ hosts { nodes { foreignMachines { name power cpuCount memory bootMode disks { path format size bus } nics { macAddress bridge } obstacle } } } }',
  );
  expect(hosts.nodes[0]?.foreignMachines).toEqual([
    {
      ...{ name: 'seen', power: 'ON', cpuCount: 1, memory: 1024 ** 3, bootMode: 'BIOS' },
      obstacle: 'its disk is on a floppy',
      disks: [{ path: machine.disks[0]?.path, format: 'QCOW2', size: 1024 ** 3, bus: 'virtio' }],
      nics: machine.nics,
    },
  ]);
  expect(await refused({ foreignMachineId: id })).toMatchObject({
    code: 'INVALID_STATE',
    message: 'seen cannot be imported: its disk is on a floppy',
  });
  await zone.simulator.ask({ ask: 'addForeign', host: 0, machine: { ...machine, power: 'OFF' } });
  await eventually(
    async () => (await foreignNamed(admin, 'seen')).power,
    (power) => power === 'OFF',
  );
  expect((await foreignNamed(admin, 'seen')).id).toBe(id);
  await zone.simulator.ask({ ask: 'removeForeign', host: 0, uuid: machine.uuid });
  await eventually(
    () => foreignMachines(admin),
    (all) => all.length === 0,
  );
});

test('a running machine is taken over as it runs, lives on, is let go of, and taken over again', async () => {
  const { admin, db } = server;
  const foreign = aForeignMachine(zone, { name: 'legacy' });
  const foreignMachineId = await makeForeign(admin, zone, foreign);
  const { id, job } = await importMachine(admin, {
    foreignMachineId,
    serviceOfferingId: serviceOffering,
    nics: [{ macAddress: foreign.nics[0]?.macAddress, ipAddress: '10.1.2.3' }],
  });
  expect(job).toMatchObject({ status: 'SUCCEEDED', resultId: id });
  expect(await getMachine(admin, id)).toMatchObject({
    ...{ name: 'legacy', state: 'RUNNING', ipAddress: '10.1.2.3' },
    volumes: [{ state: 'READY' }],
  });
  expect(await usageOf(db, id)).toEqual(['VM_CREATE', 'VM_START']);
  expect(await foreignMachines(admin)).toEqual([]);
  await balanced();

  for (const mutation of ['stopVirtualMachine', 'startVirtualMachine'] as const)
    expect(await change(admin, mutation, { id })).toMatchObject({ status: 'SUCCEEDED' });
  const running = await unmanage(admin, id);
  expect(running.job).toMatchObject({ status: 'SUCCEEDED' });
  expect(running.foreignName).toBe(`legacy-${id.slice(-6)}`);
  expect(await findMachine(admin, id)).toBeNull();
  const released = await foreignNamed(admin, running.foreignName);
  expect(released).toMatchObject({ uuid: foreign.uuid, power: 'ON' });
  await balanced();

  const again = await importMachine(admin, {
    ...{ foreignMachineId: released.id, name: 'legacy', serviceOfferingId: serviceOffering },
  });
  expect(again).toMatchObject({ id, job: { status: 'SUCCEEDED' } });
  expect(await usageOf(db, id)).toEqual([
    ...['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_START', 'VM_STOP', 'VM_EXPUNGE'],
    ...['VM_CREATE', 'VM_START'],
  ]);
  await balanced();
});

test('a stopped machine of ours is let go of, taken over again and started', async () => {
  const { admin } = server;
  const id = await running('stopped-one');
  await change(admin, 'stopVirtualMachine', { id });
  const { foreignName, job } = await unmanage(admin, id);
  expect(job).toMatchObject({ status: 'SUCCEEDED' });
  const { id: foreignMachineId, power } = await foreignNamed(admin, foreignName);
  expect(power).toBe('OFF');
  const imported = await importMachine(admin, {
    ...{ foreignMachineId, name: 'stopped-one', serviceOfferingId: serviceOffering },
  });
  expect(imported).toMatchObject({ id, job: { status: 'SUCCEEDED' } });
  expect(await getMachine(admin, id)).toMatchObject({ state: 'STOPPED' });
  expect(await change(admin, 'startVirtualMachine', { id })).toMatchObject({ status: 'SUCCEEDED' });
  await balanced();
});

test('what could not be kept is refused, and says why', async () => {
  const { admin } = server;
  const outside = aForeignMachine(zone, { name: 'outside', memoryBytes: (2n * 1024n ** 3n).toString() });
  const [disk] = outside.disks;
  if (disk === undefined) throw new Error('it has no disk');
  const machine = { ...outside, disks: [{ ...disk, path: '/srv/elsewhere.qcow2' }] };
  const foreignMachineId = await makeForeign(admin, zone, machine);
  expect(await refused({ foreignMachineId })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.serviceOfferingId',
  });
  const smaller = { ...machine, memoryBytes: (1024 ** 3).toString() };
  await zone.simulator.ask({ ask: 'addForeign', host: 0, machine: smaller });
  await eventually(
    () => refused({ foreignMachineId }),
    ({ path }) => path === 'input.storagePoolId',
  );
  const { storagePools } = await admin.ask<{ storagePools: { nodes: { id: string }[] } }>(
    '{ storagePools { nodes { id } } }',
  );
  const storagePoolId = storagePools.nodes[0]?.id;
  const [card] = machine.nics;
  expect(
    await refused({
      ...{ foreignMachineId, storagePoolId },
      nics: [{ macAddress: card?.macAddress, ipAddress: '10.9.9.9' }],
    }),
  ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.nics.0.ipAddress' });
  expect(await refused({ foreignMachineId, storagePoolId, name: 'No Host Name' })).toMatchObject({
    path: 'input.name',
  });
  const nics = [{ macAddress: '52:54:00:00:01:01', bridge: 'virbr0' }];
  const astray = await makeForeign(admin, zone, aForeignMachine(zone, { name: 'astray', nics }));
  expect(await refused({ foreignMachineId: astray })).toMatchObject({ path: 'input.nics.networkId' });
  const reserve = (dedicatedDomainId: Id<'Domain'> | null) =>
    server.db.updateTable('Host').set({ dedicatedDomainId }).execute();
  await reserve(await aDomain(server.db, 'others'));
  expect(await refused({ foreignMachineId: astray })).toMatchObject({ path: 'input.accountId' });
  await reserve(null);
});

test('what fails leaves all as it was', async () => {
  const { admin } = server;
  const foreign = aForeignMachine(zone, { name: 'fail-at-adopt' });
  const failed = await importMachine(admin, {
    foreignMachineId: await makeForeign(admin, zone, foreign),
    serviceOfferingId: serviceOffering,
  });
  expect(failed.job).toMatchObject({ status: 'FAILED' });
  expect(await findMachine(admin, failed.id)).toBeNull();
  expect((await foreignNamed(admin, 'fail-at-adopt')).uuid).toBe(foreign.uuid);
  await balanced();
  const kept = await running('fail-at-release');
  expect((await unmanage(admin, kept)).job).toMatchObject({ status: 'FAILED' });
  expect(await getMachine(admin, kept)).toMatchObject({ state: 'RUNNING' });
  await balanced();
});

test('what somebody does to a running machine at its host is shown until it is put right', async () => {
  const { admin } = server;
  const id = await running('tampered');
  const drift = async () => {
    const { virtualMachine } = await admin.ask<{
      virtualMachine: { drift: { field: string; expected: string; found: string }[] };
    }>('query ($id: ID!) { virtualMachine(id: $id) { drift { field expected found } } }', { id });
    return virtualMachine.drift;
  };
  expect(await drift()).toEqual([]);
  await zone.simulator.ask({
    ask: 'tamper',
    host: 0,
    machineId: id,
    change: { cpuCount: 3, isoPath: '/x.iso' },
  });
  expect(await eventually(drift, (all) => all.length > 0)).toEqual([
    { field: 'CPU_COUNT', expected: '1', found: '3' },
    { field: 'ISO', expected: 'none', found: '/x.iso' },
  ]);
  await zone.simulator.ask({ ask: 'tamper', host: 0, machineId: id, change: { isoPath: null } });
  await eventually(drift, (all) => all.length === 1);
  await change(admin, 'stopVirtualMachine', { id });
  expect(await drift()).toEqual([]);
  await change(admin, 'startVirtualMachine', { id });
  await eventually(drift, (all) => all.length === 0);
});
