import { GiB } from '@nephos/model/kernel/units.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBalancedBooks } from '../support/books.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import {
  change,
  deploy,
  getMachine,
  registerIso,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let common: Record<string, unknown>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  templateId = await registerTemplate(server.admin, zone.zoneId, GiB);
  const offering = await serviceOfferingId(server.admin);
  common = { zoneId: zone.zoneId, serviceOfferingId: offering, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const onHost = async (id: string) => {
  const hosts = await zone.simulator.ask({ ask: 'state' });
  return hosts.flatMap(({ machines }) => machines[id] ?? []);
};

async function aMachine(name: string) {
  const { diskOfferings } = await server.admin.ask<{ diskOfferings: { nodes: { id: string }[] } }>(
    '{ diskOfferings(search: "1 GiB") { nodes { id } } }',
  );
  const dataDisks = [{ diskOfferingId: diskOfferings.nodes[0]?.id }];
  const { machine } = await deploy(server.admin, { ...common, name, dataDisks });
  expect(machine).toMatchObject({ state: 'RUNNING', volumes: [{}, {}] });
  return machine;
}

test('a machine that runs gets a new root disk and runs on, with all else as it was', async () => {
  const before = await aMachine('again');
  const other = await registerTemplate(server.admin, zone.zoneId, 2n * GiB);
  const job = await change(server.admin, 'reinstallVirtualMachine', { id: before.id, templateId: other });
  expect(job).toMatchObject({ status: 'SUCCEEDED' });
  const after = await getMachine(server.admin, before.id);
  expect(after).toMatchObject({ state: 'RUNNING', ipAddress: before.ipAddress });
  const [root, data] = after.volumes;
  expect(root?.id).not.toBe(before.volumes[0]?.id);
  expect(data).toEqual(before.volumes[1]);
  expect((await onHost(before.id)).map(({ power, volumeIds }) => ({ power, volumeIds }))).toEqual([
    { power: 'ON', volumeIds: [root?.id, data?.id] },
  ]);
  expect(await usageOf(server.db, before.volumes[0]!.id)).toEqual(['VOLUME_CREATE', 'VOLUME_DELETE']);
  expect(await usageOf(server.db, root!.id)).toEqual(['VOLUME_CREATE']);
  // It costs as what is installed now.
  expect(await usageOf(server.db, before.id)).toEqual(['VM_CREATE', 'VM_START', 'VM_SCALE', 'VM_SCALE_LIVE']);
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});

test('one that is off stays off', async () => {
  const before = await aMachine('again-off');
  await change(server.admin, 'stopVirtualMachine', { id: before.id });
  expect(await change(server.admin, 'reinstallVirtualMachine', { id: before.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  const after = await getMachine(server.admin, before.id);
  expect(after.state).toBe('STOPPED');
  expect(after.volumes[0]?.id).not.toBe(before.volumes[0]?.id);
  await change(server.admin, 'startVirtualMachine', { id: before.id });
  expect(await getMachine(server.admin, before.id)).toMatchObject({ state: 'RUNNING' });
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});

test.for(['fail-with-other-disk', 'fail-at-volume'])(
  'one that cannot be reinstalled runs on with its old disk: %s',
  async (name) => {
    const before = await aMachine(`ordinary-${name}`);
    await server.admin.ask(
      'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
      { input: { id: before.id, name } },
    );
    expect(await change(server.admin, 'reinstallVirtualMachine', { id: before.id })).toMatchObject({
      status: 'FAILED',
    });
    expect(await getMachine(server.admin, before.id)).toMatchObject({
      state: 'RUNNING',
      volumes: before.volumes,
    });
    await expectBalancedBooks(server.db, await seenInSimulator(zone));
  },
);

test('a protected machine is left alone', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'kept', isDeleteProtected: true });
  await expect(change(server.admin, 'reinstallVirtualMachine', { id: machine.id })).rejects.toMatchObject({
    message: expect.stringContaining('protected against deletion') as string,
  });
});

test('a machine starts from a disc, this once', async () => {
  const isoId = await registerIso(server.admin, zone.zoneId);
  const { id } = await aMachine('rescued');
  await change(server.admin, 'stopVirtualMachine', { id });
  await change(server.admin, 'startVirtualMachine', { id, bootFromIsoId: isoId });
  expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING', iso: { id: isoId } });
  expect(await onHost(id)).toMatchObject([{ power: 'ON', startsFromIso: true }]);
  await change(server.admin, 'stopVirtualMachine', { id });
  await change(server.admin, 'startVirtualMachine', { id });
  expect(await onHost(id)).toMatchObject([{ power: 'ON', startsFromIso: false }]);
});
