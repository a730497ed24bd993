import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  change,
  deploy,
  findMachine,
  getMachine,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let offeringId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  offeringId = await serviceOfferingId(server.admin);
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const newMachine = (name: string) => ({
  name,
  zoneId: zone.zoneId,
  serviceOfferingId: offeringId,
  templateId,
});

test('a machine lives its whole life', async () => {
  const { admin } = server;
  const { machine, job } = await deploy(admin, newMachine('web-1'));
  expect(job).toMatchObject({ status: 'SUCCEEDED', progress: 100, resultId: machine.id });
  expect(job.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'reserve SUCCEEDED',
    'prepareTemplate SUCCEEDED',
    'createDisks SUCCEEDED',
    'start SUCCEEDED',
  ]);
  expect(machine).toMatchObject({ state: 'RUNNING', ipAddress: '10.1.1.1', volumes: [{ state: 'READY' }] });

  expect(await change(admin, 'rebootVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await change(admin, 'stopVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await getMachine(admin, machine.id)).toMatchObject({ state: 'STOPPED', ipAddress: '10.1.1.1' });
  expect(await change(admin, 'startVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await getMachine(admin, machine.id)).toMatchObject({ state: 'RUNNING' });
  expect(await change(admin, 'destroyVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await getMachine(admin, machine.id)).toMatchObject({ state: 'DESTROYED' });
  await admin.ask(
    'mutation ($input: VirtualMachineInput!) { recoverVirtualMachine(input: $input) { virtualMachine { state } } }',
    {
      input: { id: machine.id },
    },
  );
  expect(await getMachine(admin, machine.id)).toMatchObject({ state: 'STOPPED' });
  await change(admin, 'destroyVirtualMachine', { id: machine.id });
  expect(await change(admin, 'expungeVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await findMachine(admin, machine.id)).toBeNull();

  const held = await server.db
    .selectFrom('HostCapacity')
    .select(['cpuMhzReserved', 'memoryBytesReserved'])
    .execute();
  expect(held).toEqual([
    { cpuMhzReserved: 0, memoryBytesReserved: 0n },
    { cpuMhzReserved: 0, memoryBytesReserved: 0n },
  ]);
  expect(
    await server.db.selectFrom('GuestIpAddress').select('address').where('nicId', 'is not', null).execute(),
  ).toEqual([]);
  const hosts = await zone.simulator.ask({ ask: 'state' });
  expect(hosts.map(({ machines, volumes }) => [machines, volumes])).toEqual([
    [{}, {}],
    [{}, {}],
  ]);
});
