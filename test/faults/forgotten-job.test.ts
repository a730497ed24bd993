import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { change, deploy } from '../support/machines.ts';
import { untilAbout, step } from '../support/stepping.ts';
import { startWorld, type World } from '../support/world.ts';
import { beginJob } from './journey.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ time: 'stepped' });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Does something, and lets the host do its part. */
async function whileStepping<Result>(work: Promise<Result>): Promise<Result> {
  const timer = setInterval(() => void step(world.zone.simulator), 20);
  return work.finally(() => clearInterval(timer));
}

test('a server takes up a job that is leased to it though it never heard so', async () => {
  const { server, zone, machine, database } = world;
  const { admin } = server;
  const { machine: made } = await whileStepping(deploy(admin, machine('queue')));
  await whileStepping(change(admin, 'stopVirtualMachine', { id: made.id, isForced: true }));
  // The second waits for the first: they are of one machine.
  const copying = await beginJob(admin, 'createTemplate', 'CreateTemplateInput', {
    virtualMachineId: made.id,
    name: 'copy',
  });
  await untilAbout(zone.simulator, `volume.export ${made.volumes[0]!.id}`);
  const destroying = await beginJob(admin, 'destroyVirtualMachine', 'VirtualMachineInput', { id: made.id });
  // As when the database commits the claim of a job, and dies before it can say so.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rowCount } = await client.query(
    `update "Job" set "status" = 'RUNNING', "attempt" = "attempt" + 1,
       "leaseServerId" = (select "id" from "ServerInstance")
     where "id" = $1 and "status" = 'QUEUED'`,
    [destroying],
  );
  await client.end();
  expect(rowCount).toBe(1);
  await step(zone.simulator);
  expect(await followJob(admin, copying)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await followJob(admin, destroying)).toMatchObject({ status: 'SUCCEEDED', attempt: 2 });
  await world.expectBalancedBooks();
});
