import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBalancedBooks } from '../support/books.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { aSecondNetwork } from '../support/second-network.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let networkId: string;
let common: Record<string, unknown>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server);
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  networkId = await aSecondNetwork(server.db, zone.zoneId);
  const offering = await serviceOfferingId(server.admin);
  common = { zoneId: zone.zoneId, serviceOfferingId: offering, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface NicView {
  id: string;
  ipAddress: string;
  macAddress: string;
  deviceIndex: number;
  isDefault: boolean;
  network: { id: string; name: string };
}

async function nicsOf(id: string): Promise<NicView[]> {
  const { virtualMachine } = await server.admin.ask<{ virtualMachine: { nics: NicView[] } }>(
    `query ($id: ID!) {
      virtualMachine(id: $id) { nics { id ipAddress macAddress deviceIndex isDefault network { id name } } }
    }`,
    { id },
  );
  return virtualMachine.nics;
}

/** @returns the job's status; `null` where there was nothing to wait for */
async function changeNic(
  mutation: 'attachNic' | 'detachNic' | 'updateNic',
  input: Record<string, unknown>,
): Promise<string | null> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.admin.ask<Record<string, { job: { id: string } | null }>>(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { job { id } } }`,
    { input },
  );
  const job = answer[mutation]?.job ?? null;
  return job === null ? null : (await followJob(server.admin, job.id)).status;
}

const onHost = async (id: string) => {
  const [host] = await zone.simulator.ask({ ask: 'state' });
  return host?.machines[id]?.macAddresses;
};

test('a card comes into a running machine and goes again, with its address', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'runs' });
  const { id } = machine;
  expect(await changeNic('attachNic', { id, networkId })).toBe('SUCCEEDED');
  const [first, second] = await nicsOf(id);
  expect(second).toMatchObject({
    deviceIndex: 1,
    isDefault: false,
    network: { name: 'second' },
    ipAddress: expect.stringMatching(/^10\.66\.0\./) as string,
  });
  expect(await onHost(id)).toEqual([first?.macAddress, second?.macAddress]);
  await expect(changeNic('attachNic', { id, networkId })).rejects.toMatchObject({
    message: expect.stringContaining('no card in yet') as string,
  });
  await expect(changeNic('detachNic', { id, nicId: first?.id })).rejects.toMatchObject({
    message: expect.stringContaining('default network card') as string,
  });
  // The default moves, and the first can go.
  expect(await changeNic('updateNic', { id, nicId: second?.id, isDefault: true })).toBeNull();
  expect(await changeNic('detachNic', { id, nicId: first?.id })).toBe('SUCCEEDED');
  expect(await nicsOf(id)).toEqual([{ ...second, isDefault: true }]);
  expect(await onHost(id)).toEqual([second?.macAddress]);
  expect(await usageOf(server.db, first!.id)).toEqual(['IP_ADDRESS_TAKE', 'IP_ADDRESS_RELEASE']);
  expect(await usageOf(server.db, second!.id)).toEqual(['IP_ADDRESS_TAKE']);
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});

test('cards of a stopped machine are changed at once, and may change their network', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'off' });
  const { id } = machine;
  const [only] = await nicsOf(id);
  await expect(changeNic('updateNic', { id, nicId: only?.id, networkId })).rejects.toMatchObject({
    message: expect.stringContaining('must be STOPPED') as string,
  });
  await change(server.admin, 'stopVirtualMachine', { id });
  expect(await changeNic('updateNic', { id, nicId: only?.id, networkId })).toBeNull();
  const [moved] = await nicsOf(id);
  expect(moved).toMatchObject({
    id: only?.id,
    macAddress: only?.macAddress,
    isDefault: true,
    network: { name: 'second' },
  });
  expect(await usageOf(server.db, only!.id)).toEqual([
    ...['IP_ADDRESS_TAKE', 'IP_ADDRESS_RELEASE', 'IP_ADDRESS_TAKE'],
  ]);
  expect(await changeNic('attachNic', { id, networkId: only?.network.id })).toBeNull();
  await change(server.admin, 'startVirtualMachine', { id });
  const nics = await nicsOf(id);
  expect(await onHost(id)).toEqual(nics.map(({ macAddress }) => macAddress));
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});

test('what a guest refuses leaves it as it was', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'fail-at-nic' });
  const { id } = machine;
  const before = await nicsOf(id);
  expect(await changeNic('attachNic', { id, networkId })).toBe('FAILED');
  expect(await nicsOf(id)).toEqual(before);
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});
