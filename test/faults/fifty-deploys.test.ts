import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiError } from '../support/api-client.ts';
import { deploy } from '../support/machines.ts';
import { fillClusters } from '../support/settings.ts';
import { startWorld, type World } from '../support/world.ts';

const room = 20;
/** Of the seeded offering `small`. */
const machineMib = 1024;

let world: World;

beforeAll(async () => {
  world = await startWorld({ memoryMib: room * machineMib });
  await fillClusters(world.server.admin);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test('of fifty deploys at once on a host with room for twenty exactly twenty run', async () => {
  const { server, machine } = world;
  const asked = Array.from({ length: 50 }, (_, index) => deploy(server.admin, machine(`crowd-${index}`)));
  const answers = await Promise.allSettled(asked);
  const made = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
  expect(made.map((one) => [one.job.status, one.machine.state])).toEqual(
    Array.from({ length: room }, () => ['SUCCEEDED', 'RUNNING']),
  );
  const refused = answers
    .filter((answer) => answer.status === 'rejected')
    .map(({ reason }) => reason as ApiError);
  expect(refused.map(({ code }) => code)).toEqual(Array.from({ length: 30 }, () => 'INSUFFICIENT_CAPACITY'));
  const rows = await world.database.db.selectFrom('VirtualMachine').select('id').execute();
  expect(rows).toHaveLength(room);
  await world.expectBalancedBooks();
});
