import path from 'node:path';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { allHosts, placeOf, type Place } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { Simulator } from '../support/simulator.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';
import { beginJob } from './journey.ts';

const around = new AsyncDisposableStack();
let server: TestServer;
let zone: TestZone;
/** Each host is a process of its own. */
let processes: Map<string, Simulator>;
let machine: (name: string) => Record<string, unknown>;

beforeAll(async () => {
  server = around.use(await startTestServer());
  const { admin, agentUrl, folder } = server;
  const other = around.use(
    await Simulator.start({ admin, agentUrl, folder: path.join(folder, 'other'), name: 'other' }),
  );
  zone = around.use(await createTestZone(server));
  const templateId = await registerTemplate(admin, zone.zoneId);
  const offeringId = await serviceOfferingId(admin);
  machine = (name) => ({ name, zoneId: zone.zoneId, serviceOfferingId: offeringId, templateId });
  const hosts = await allHosts(admin);
  processes = new Map(hosts.map(({ id, name }) => [id, name === 'other' ? other : zone.simulator]));
});

afterAll(async () => {
  await around.disposeAsync();
});

const setting = (key: string, value: string) =>
  server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key, value } },
  );

/** A machine in the middle of its way. */
async function onItsWay(
  name: string,
): Promise<{ id: string; jobId: string; source: string; target: string }> {
  const { admin } = server;
  const { machine: made } = await deploy(admin, machine(`slow-at-migrate-${name}`));
  const jobId = await beginJob(admin, 'migrateVirtualMachine', 'MigrateVirtualMachineInput', { id: made.id });
  const { db } = server;
  await eventually(
    () =>
      db
        .selectFrom('Job')
        .select('progress')
        .where('id', '=', parseId('Job', jobId))
        .executeTakeFirstOrThrow(),
    ({ progress }) => progress > 55,
  );
  const { host, targetHost } = await placeOf(admin, made.id);
  return { id: made.id, jobId, source: host!, target: targetHost! };
}

/** Hosts on which a machine runs. */
async function runsOn(id: string): Promise<string[]> {
  const where = [];
  for (const [hostId, simulator] of processes) {
    const [state] = await simulator.ask({ ask: 'state' });
    if (state?.machines[id]?.power === 'ON') where.push(hostId);
  }
  return where;
}

/** The machine runs in one place, which is where it is believed to, and nothing is reserved elsewhere for it. */
async function expectOnePlace(id: string): Promise<Place> {
  const place = await placeOf(server.admin, id);
  expect(place).toMatchObject({ state: 'RUNNING', targetHost: null });
  expect(await runsOn(id)).toEqual([place.host]);
  const rows = await server.db
    .selectFrom('HostCapacity')
    .leftJoin('VirtualMachine', 'VirtualMachine.hostId', 'HostCapacity.hostId')
    .select(({ fn }) => ['HostCapacity.hostId', 'cpuMhzReserved', fn.sum<bigint>('cpuMhz').as('held')])
    .groupBy(['HostCapacity.hostId', 'cpuMhzReserved'])
    .execute();
  for (const { cpuMhzReserved, held } of rows) expect(cpuMhzReserved).toBe(Number(held));
  return place;
}

test('a target that dies and comes back has nothing; the machine runs on where it was', async () => {
  const { id, jobId, source, target } = await onItsWay('a');
  await processes.get(target)!.kill();
  await processes.get(target)!.launch();
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'FAILED' });
  expect((await expectOnePlace(id)).host).toBe(source);
});

test('a source that dies is asked for what it knows when it comes back', async () => {
  const { id, jobId, source } = await onItsWay('b');
  await processes.get(source)!.kill();
  await processes.get(source)!.launch();
  const { status } = await followJob(server.admin, jobId);
  const { host } = await expectOnePlace(id);
  expect(host === source).toBe(status === 'FAILED');
});

test('a target that never comes back is not waited for longer than any host is', async () => {
  await setting('alert.wait', '2');
  const { id, jobId, source, target } = await onItsWay('c');
  await processes.get(target)!.kill();
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'FAILED' });
  expect(await placeOf(server.admin, id)).toEqual({ state: 'RUNNING', host: source, targetHost: null });
  await processes.get(target)!.launch();
  await eventually(
    () => allHosts(server.admin),
    (hosts) => hosts.every(({ linkState }) => linkState === 'UP'),
  );
  expect((await expectOnePlace(id)).host).toBe(source);
});
