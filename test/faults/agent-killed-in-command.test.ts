import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalled, loseOutcomes } from '../support/command-journal.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { step, untilAbout } from '../support/stepping.ts';
import { startWorld, type World } from '../support/world.ts';
import { beginJob } from './journey.ts';

let world: World;
let journal: string;

beforeAll(async () => {
  world = await startWorld({ time: 'stepped' });
  journal = path.join(world.zone.folder, 'simulator');
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const beginDeploy = (name: string) =>
  beginJob(world.server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', world.machine(name));

/** Of a kind, what the last machine's commands came to. */
const ofJob = (jobId: string, kind: string) =>
  journalled(journal, kind).filter(({ commandId }) => commandId.startsWith(jobId));

test('a command that had not acted is done once after all', async () => {
  const jobId = await beginDeploy('not-acted');
  await untilAbout(world.zone.simulator, 'volume.create not-acted');
  await world.zone.simulator.kill();
  await world.zone.simulator.launch();
  // It was seen not to have happened, so it is asked for anew.
  await untilAbout(world.zone.simulator, 'machine.start not-acted');
  await step(world.zone.simulator);
  expect(await followJob(world.server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(ofJob(jobId, 'volume.create').map(({ outcome }) => outcome)).toEqual(['INTERRUPTED', 'SUCCEEDED']);
  await world.expectBalancedBooks();
});

test('a command that had acted is seen to have, and not done again', async () => {
  const { server, zone } = world;
  const jobId = await beginDeploy('acted');
  await untilAbout(world.zone.simulator, 'machine.start acted');
  // With nobody to tell, the outcome is known to the agent alone when it dies.
  await server.kill();
  await step(world.zone.simulator);
  await eventually(
    () => ofJob(jobId, 'machine.start'),
    ([start]) => start?.outcome === 'SUCCEEDED',
  );
  const [before] = await zone.simulator.ask({ ask: 'state' });
  await zone.simulator.kill();
  loseOutcomes(journal, 'machine.start');
  await server.launch();
  await zone.simulator.launch();
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(ofJob(jobId, 'machine.start')).toMatchObject([{ outcome: 'SUCCEEDED' }]);
  const [after] = await zone.simulator.ask({ ask: 'state' });
  expect(after!.machines, 'machines that were started again').toEqual(before!.machines);
  await world.expectBalancedBooks();
});

test('an agent that dies again and again in one command gives the job back its resources', async () => {
  const { server, zone } = world;
  const jobId = await beginDeploy('hopeless');
  for (let deaths = 0; deaths < 5; deaths++) {
    await untilAbout(world.zone.simulator, 'machine.start hopeless');
    await zone.simulator.kill();
    await zone.simulator.launch();
  }
  const job = await followJob(server.admin, jobId);
  expect(job).toMatchObject({ status: 'FAILED', error: { code: 'AGENT_UNREACHABLE' } });
  await world.expectBalancedBooks();
});
