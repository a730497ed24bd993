import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeOf } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { deploy } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startWorld, type World } from '../support/world.ts';
import { beginJob } from './journey.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ hosts: 2 });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test('what has moved is not taken back, though it is cancelled at the last moment', async () => {
  const { server, database, machine } = world;
  const { machine: made } = await deploy(server.admin, machine('too-late'));
  const { host: home } = await placeOf(server.admin, made.id);
  await server.kill();
  await server.launch(['virtualMachine.migrate:migrate']);
  const jobId = await beginJob(server.admin, 'migrateVirtualMachine', 'MigrateVirtualMachineInput', {
    id: made.id,
  });
  await server.parked();
  const cancel = 'mutation ($input: JobInput!) { cancelJob(input: $input) { job { id } } }';
  expect(await refusalOf(server.admin, cancel, { input: { id: jobId } })).toMatchObject({
    code: 'INVALID_STATE',
  });
  // As when it was asked for just before.
  await database.db
    .updateTable('Job')
    .set({ cancelRequestedAt: new Date() })
    .where('id', '=', parseId('Job', jobId))
    .execute();
  await server.kill();
  await server.launch();
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  const { host, ...place } = await placeOf(server.admin, made.id);
  expect(place).toEqual({ state: 'RUNNING', targetHost: null });
  expect(host).not.toBe(home);
  await world.expectBalancedBooks();
});
