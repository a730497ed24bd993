import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { change, deploy, getMachine } from '../support/machines.ts';
import { followJob } from '../support/jobs.ts';
import { startWorld, type World } from '../support/world.ts';
import { beginJob } from './journey.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const stateOf = async (id: string) => (await getMachine(world.server.admin, id)).state;

test('machines that went off or on while no server was there are seen as they are', async () => {
  const { server, zone, machine } = world;
  const [goesOff, goesOn] = await Promise.all(
    ['goes-off', 'goes-on'].map(async (name) => (await deploy(server.admin, machine(name))).machine.id),
  );
  await change(server.admin, 'stopVirtualMachine', { id: goesOn!, isForced: true });
  await server.kill();
  await zone.simulator.ask({ ask: 'powerOff', host: 0, machineId: parseId('VirtualMachine', goesOff!) });
  await zone.simulator.ask({ ask: 'powerOn', host: 0, machineId: parseId('VirtualMachine', goesOn!) });
  await server.launch();
  await eventually(
    () => stateOf(goesOff!),
    (state) => state === 'STOPPED',
  );
  await eventually(
    () => stateOf(goesOn!),
    (state) => state === 'RUNNING',
  );
  await world.expectBalancedBooks();
});

test('a machine that went off between its start and its being written as running is found out', async () => {
  const { server, zone, machine } = world;
  await server.kill();
  await server.launch(['virtualMachine.deploy:start:acted']);
  const jobId = await beginJob(
    server.admin,
    'deployVirtualMachine',
    'DeployVirtualMachineInput',
    machine('short-lived'),
  );
  await server.parked();
  await server.kill();
  const { id } = await world.database.db
    .selectFrom('VirtualMachine')
    .select('id')
    .where('name', '=', 'short-lived')
    .executeTakeFirstOrThrow();
  await zone.simulator.ask({ ask: 'powerOff', host: 0, machineId: id });
  await server.launch();
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  await eventually(
    () => stateOf(id),
    (state) => state === 'STOPPED',
  );
  await world.expectBalancedBooks();
});
