import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployMutation, getMachine, type Deployed } from '../support/machines.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { startWorld, type World } from '../support/world.ts';
import { OwnPostgres } from './own-postgres.ts';

const around = new AsyncDisposableStack();
let postgres: OwnPostgres;
let world: World;

beforeAll(async () => {
  postgres = around.use(await OwnPostgres.start());
  world = around.use(await startWorld({ database: postgres, leaseSeconds: 4 }));
});

afterAll(async () => {
  await around.disposeAsync();
});

const ready = async () => (await fetch(`${world.server.url}/readyz`)).status;

/** As a client does that gets no answer: asks again with the same key until it has one. */
async function insist(name: string): Promise<Deployed> {
  const input = { ...world.machine(name), idempotencyKey: name };
  const ask = () => world.server.admin.ask<Deployed>(deployMutation, { input });
  const answer = await eventually(
    () => ask().catch((error: unknown) => String(error)),
    (deployed) => typeof deployed !== 'string',
    60,
  );
  return answer as Deployed;
}

test.for([1, 2])('everything under way is finished when the database was killed, time %i', async (time) => {
  const { server, zone } = world;
  // The hosts come back a moment after the database.
  const { deployVirtualMachine: begun } = await insist(`bystander-${time}`);
  expect(await followJob(server.admin, begun.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  const bystander = begun.virtualMachine;
  const names = Array.from({ length: 30 }, (_, index) => `crash-${time}-${index}`);
  const asked = names.map((name) => insist(name));
  await asked[0];
  await postgres.kill();
  await eventually(ready, (status) => status === 503);
  // Longer than the lease, so that the server finds itself to have been given up.
  const host = { host: 0, machineId: parseId('VirtualMachine', bystander.id) };
  await zone.simulator.ask({ ask: 'powerOff', ...host });
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await postgres.launch();
  await eventually(ready, (status) => status === 200);

  const deployed = await Promise.all(asked);
  for (const { deployVirtualMachine } of deployed) {
    expect(await followJob(server.admin, deployVirtualMachine.job.id)).toMatchObject({
      status: 'SUCCEEDED',
    });
  }
  const isOff = async () => (await getMachine(server.admin, bystander.id)).state;
  await eventually(isOff, (state) => state === 'STOPPED');
  const made = await world.database.db
    .selectFrom('VirtualMachine')
    .select('name')
    .where('name', 'like', `crash-${time}-%`)
    .execute();
  expect(made.map((row) => row.name).sort()).toEqual(names.sort());
  await world.expectBalancedBooks();
  expect(server.process.isAlive).toBe(true);
});
