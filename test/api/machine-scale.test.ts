import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBalancedBooks } from '../support/books.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy, getMachine, registerTemplate } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let common: Record<string, unknown>;
const offerings: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server);
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const live = { isScalableLive: true };
  await createOffering('rigid', { cpuCount: 1, memory: GiB });
  await createOffering('live-small', { ...live, cpuCount: 1, memory: GiB });
  await createOffering('live-large', { ...live, cpuCount: 2, memory: 2n * GiB });
  await createOffering('live-huge', { ...live, cpuCount: 4, memory: 4n * GiB });
  await createOffering('endless', {
    ...live,
    cpuCount: 1,
    maxCpuCount: 256,
    memory: GiB,
    maxMemory: 1024n * GiB,
  });
  common = { zoneId: zone.zoneId, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function createOffering(
  name: string,
  { memory, maxMemory, ...input }: { memory: bigint; maxMemory?: bigint } & Record<string, unknown>,
): Promise<void> {
  const { createServiceOffering } = await server.admin.ask<{
    createServiceOffering: { serviceOffering: { id: string } };
  }>(
    'mutation ($input: CreateServiceOfferingInput!) { createServiceOffering(input: $input) { serviceOffering { id } } }',
    {
      input: {
        name,
        cpuMhz: 500,
        memory: Number(memory),
        ...(maxMemory !== undefined && { maxMemory: Number(maxMemory) }),
        ...input,
      },
    },
  );
  offerings[name] = createServiceOffering.serviceOffering.id;
}

const aMachine = async (name: string, offering: string) => {
  const { machine } = await deploy(server.admin, { ...common, name, serviceOfferingId: offerings[offering] });
  expect(machine.state).toBe('RUNNING');
  return machine.id;
};

const scale = (id: string, offering: string, more: Record<string, unknown> = {}) =>
  server.admin.ask<{ scaleVirtualMachine: { job: { id: string } | null } }>(
    'mutation ($input: ScaleVirtualMachineInput!) { scaleVirtualMachine(input: $input) { job { id } } }',
    { input: { id, serviceOfferingId: offerings[offering], ...more } },
  );

async function scaled(id: string, offering: string, more: Record<string, unknown> = {}) {
  const { scaleVirtualMachine } = await scale(id, offering, more);
  return followJob(server.admin, scaleVirtualMachine.job?.id ?? '');
}

async function sizeOf(id: string) {
  const [row] = await server.db
    .selectFrom('VirtualMachine')
    .select(['cpuCount', 'cpuMhz', 'memoryBytes'])
    .where('id', '=', id as never)
    .execute();
  return row;
}

const onHost = async (id: string) => {
  const [host] = await zone.simulator.ask({ ask: 'state' });
  const { cpuCount, memoryBytes } = host!.machines[id]!;
  return { cpuCount, memoryBytes: BigInt(memoryBytes) };
};

const booksBalance = async () => expectBalancedBooks(server.db, await seenInSimulator(zone));

test('a stopped machine gets another size at once, larger or smaller', async () => {
  const id = await aMachine('stopped', 'rigid');
  await change(server.admin, 'stopVirtualMachine', { id });
  expect(await scale(id, 'live-huge')).toEqual({ scaleVirtualMachine: { job: null } });
  expect(await sizeOf(id)).toEqual({ cpuCount: 4, cpuMhz: 2000, memoryBytes: 4n * GiB });
  await booksBalance();
  await change(server.admin, 'startVirtualMachine', { id });
  expect(await onHost(id)).toEqual({ cpuCount: 4, memoryBytes: 4n * GiB });
  await change(server.admin, 'stopVirtualMachine', { id });
  await scale(id, 'endless', { cpuCount: 2, memory: Number(1536n * MiB) });
  expect(await sizeOf(id)).toEqual({ cpuCount: 2, cpuMhz: 1000, memoryBytes: 1536n * MiB });
  expect(await usageOf(server.db, id)).toEqual([
    ...['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_SCALE'],
    ...['VM_START', 'VM_STOP', 'VM_SCALE'],
  ]);
  await booksBalance();
});

test('a running machine is given more, and costs more from then on', async () => {
  const id = await aMachine('running', 'live-small');
  expect(await scaled(id, 'live-large')).toMatchObject({ status: 'SUCCEEDED' });
  expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING' });
  expect(await onHost(id)).toEqual({ cpuCount: 2, memoryBytes: 2n * GiB });
  expect(await sizeOf(id)).toEqual({ cpuCount: 2, cpuMhz: 1000, memoryBytes: 2n * GiB });
  expect(await usageOf(server.db, id)).toEqual(['VM_CREATE', 'VM_START', 'VM_SCALE', 'VM_SCALE_LIVE']);
  await booksBalance();
  // It was started with room for twice its size.
  await expect(scale(id, 'live-huge')).rejects.toMatchObject({
    message: expect.stringContaining('room for 2 processors') as string,
  });
  await expect(scale(id, 'live-small')).rejects.toMatchObject({
    message: expect.stringContaining('must not be less') as string,
  });
  await expect(scale(id, 'rigid')).rejects.toMatchObject({
    message: expect.stringContaining('machines of rigid') as string,
  });
  await booksBalance();
});

test('a guest that refuses, and a host without room, leave everything as it was', async () => {
  const id = await aMachine('fail-at-scale', 'live-small');
  expect(await scaled(id, 'live-large')).toMatchObject({ status: 'FAILED' });
  expect(await sizeOf(id)).toEqual({ cpuCount: 1, cpuMhz: 500, memoryBytes: GiB });
  expect(await usageOf(server.db, id)).toEqual(['VM_CREATE', 'VM_START']);
  const other = await aMachine('too-much', 'endless');
  await expect(scale(other, 'endless', { memory: Number(1024n * GiB) })).rejects.toMatchObject({
    message: expect.stringContaining('no room for more') as string,
  });
  expect(await scaled(other, 'endless', { cpuCount: 3, memory: Number(3n * GiB) })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await onHost(other)).toEqual({ cpuCount: 3, memoryBytes: 3n * GiB });
  await booksBalance();
});
