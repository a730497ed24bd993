import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deploy, deployMutation, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let newMachine: Record<string, unknown>;
const clock = new ShiftedClock();
/** The keeper looks every few seconds. */
const patience = { timeout: 30_000, interval: 100 };

beforeAll(async () => {
  server = await startTestServer({ clock });
  zone = await createTestZone(server, { hosts: 1 });
  newMachine = {
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  };
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Leased {
  state: string;
  lease: { expiresAt: string; action: string; warnedAt: string | null } | null;
}

const setMutation = `mutation ($input: SetVirtualMachineLeaseInput!) {
  setVirtualMachineLease(input: $input) { virtualMachine { state lease { expiresAt action warnedAt } } }
}`;

const inHours = (hours: number) => new Date(clock.now().getTime() + hours * 3_600_000).toISOString();

async function aMachine(name: string): Promise<string> {
  const { machine } = await deploy(server.admin, { ...newMachine, name });
  return machine.id;
}

const lease = (id: string, hours: number, action: 'STOP' | 'DESTROY') =>
  server.admin.ask(setMutation, { input: { id, lease: { expiresAt: inHours(hours), action } } });

async function look(id: string): Promise<Leased> {
  const { virtualMachine } = await server.admin.ask<{ virtualMachine: Leased }>(
    'query ($id: ID!) { virtualMachine(id: $id) { state lease { expiresAt action warnedAt } } }',
    { id },
  );
  return virtualMachine;
}

test('warns, then stops the machine, and the lease is over', async () => {
  // From its deployment on.
  const { machine } = await deploy(server.admin, {
    ...newMachine,
    name: 'trial',
    lease: { expiresAt: inHours(48), action: 'STOP' },
  });
  const { id } = machine;
  expect(await look(id)).toMatchObject({ state: 'RUNNING', lease: { action: 'STOP', warnedAt: null } });
  clock.pass(25 * 3600);
  await vi.waitFor(async () => expect((await look(id)).lease?.warnedAt).toBeTruthy(), patience);
  expect(await look(id)).toMatchObject({ state: 'RUNNING' });
  clock.pass(24 * 3600);
  await vi.waitFor(async () => expect(await look(id)).toEqual({ state: 'STOPPED', lease: null }), patience);
}, 90_000);

test('destroys the machine, unless it is protected', async () => {
  const [gone, kept] = [await aMachine('gone'), await aMachine('kept')];
  await server.admin.ask(
    'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input: { id: kept, isDeleteProtected: true } },
  );
  await lease(gone, 1, 'DESTROY');
  await lease(kept, 1, 'DESTROY');
  clock.pass(3700);
  await vi.waitFor(async () => {
    expect(await look(gone)).toEqual({ state: 'DESTROYED', lease: null });
    expect(await look(kept)).toEqual({ state: 'STOPPED', lease: null });
  }, patience);
}, 90_000);

test('one that is put off or taken away is not carried out', async () => {
  const [later, never] = [await aMachine('later'), await aMachine('never')];
  await lease(later, 1, 'STOP');
  await lease(never, 1, 'STOP');
  await lease(later, 100, 'STOP');
  await server.admin.ask(setMutation, { input: { id: never, lease: null } });
  clock.pass(2 * 3600);
  // The keeper has looked by then.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect([(await look(later)).state, (await look(never)).state]).toEqual(['RUNNING', 'RUNNING']);
}, 60_000);

test('a lease that is over before it begins is refused', async () => {
  const id = await aMachine('past');
  const past = { expiresAt: inHours(-1), action: 'STOP' };
  for (const refusal of [
    await refusalOf(server.admin, setMutation, { input: { id, lease: past } }),
    await refusalOf(server.admin, deployMutation, { input: { ...newMachine, name: 'later', lease: past } }),
  ])
    expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.lease.expiresAt' });
});
