import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalled } from '../support/command-journal.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { untilConnected } from '../support/simulator.ts';
import { step, untilAbout } from '../support/stepping.ts';
import { startWorld, type World } from '../support/world.ts';
import { beginJob } from './journey.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ time: 'stepped' });
  // Silence is noticed within seconds.
  for (const [key, value] of [
    ['ping.interval', '1'],
    ['ping.timeout', '2'],
  ]) {
    await world.server.admin.ask(
      'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
      { input: { key, value } },
    );
  }
  await reconnect();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function reconnect(): Promise<void> {
  const { line, server, zone } = world;
  const before = await connectedAt();
  line.cut();
  line.mend();
  await eventually(connectedAt, (at) => at !== undefined && at !== before);
  await untilConnected(server.admin, zone.simulator.hostName(0));
}

async function connectedAt(): Promise<number | undefined> {
  const row = await world.database.db
    .selectFrom('AgentConnection')
    .innerJoin('Agent', 'Agent.id', 'agentId')
    .select('connectedAt')
    .where('name', '=', world.zone.simulator.hostName(0))
    .executeTakeFirst();
  return row?.connectedAt.getTime();
}

const beginDeploy = (name: string) =>
  beginJob(world.server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', world.machine(name));

/** The job ended well, and no command of it was carried out twice. */
async function expectDoneOnce(jobId: string): Promise<void> {
  expect(await followJob(world.server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  for (const kind of ['volume.create', 'machine.start']) {
    const commands = journalled(path.join(world.zone.folder, 'simulator'), kind);
    expect(commands.filter(({ commandId }) => commandId.startsWith(jobId))).toMatchObject([
      { outcome: 'SUCCEEDED' },
    ]);
  }
  await world.expectBalancedBooks();
}

test('what was done while the line was cut is told when it is mended', async () => {
  const { line, zone } = world;
  const jobId = await beginDeploy('cut');
  await untilAbout(zone.simulator, 'machine.start cut');
  line.cut();
  await step(zone.simulator);
  await eventually(
    () => journalled(path.join(zone.folder, 'simulator'), 'machine.start').at(-1),
    (start) => start?.outcome === 'SUCCEEDED',
  );
  line.mend();
  await expectDoneOnce(jobId);
});

test('an outcome that got lost on the way is told again', async () => {
  const { line, zone } = world;
  const jobId = await beginDeploy('deaf');
  await untilAbout(zone.simulator, 'machine.start deaf');
  line.lose('toServer');
  await step(zone.simulator);
  await expectDoneOnce(jobId);
});

test('a command that got lost on the way is asked for again under the same id', async () => {
  const { line, zone } = world;
  line.lose('fromServer');
  const jobId = await beginDeploy('dumb');
  await untilAbout(zone.simulator, 'machine.start dumb');
  await step(zone.simulator);
  await expectDoneOnce(jobId);
});

test('a command that comes again and again acts once', async () => {
  const { zone } = world;
  const jobId = await beginDeploy('again');
  await untilAbout(zone.simulator, 'machine.start again');
  // Each new connection is told of everything that is not answered yet.
  for (let times = 0; times < 3; times++) await reconnect();
  expect(await zone.simulator.ask({ ask: 'waiting' })).toEqual(['machine.start again']);
  await step(zone.simulator);
  await expectDoneOnce(jobId);
});

async function linkState(): Promise<string | undefined> {
  const { hosts } = await world.server.admin.ask<{ hosts: { nodes: { linkState: string }[] } }>(
    '{ hosts { nodes { linkState } } }',
  );
  return hosts.nodes[0]?.linkState;
}

test('a host whose line is cut before its hello is dealt with is gone', async () => {
  const { database, line, server, zone } = world;
  line.cut();
  await eventually(linkState, (state) => state === 'DISCONNECTED');
  const held = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  const holding = database.db.transaction().execute(async (tx) => {
    await tx.selectFrom('Host').select('id').forUpdate().execute();
    held.resolve(undefined);
    await release.promise;
  });
  await held.promise;
  line.mend();
  await eventually(connectedAt, (at) => at !== undefined);
  line.cut();
  release.resolve(undefined);
  await holding;
  await eventually(connectedAt, (at) => at === undefined);
  await eventually(linkState, (state) => state === 'DISCONNECTED');
  line.mend();
  await untilConnected(server.admin, zone.simulator.hostName(0));
  await eventually(linkState, (state) => state === 'UP');
});

test('a host whose line carries nothing is seen to be gone, and back', async () => {
  const { line, server, zone } = world;
  const before = await connectedAt();
  line.lose('toServer');
  line.lose('fromServer');
  // A line that is lost while the agent says hello is found out by its pings, which are slower than heartbeats.
  await eventually(connectedAt, (at) => at !== undefined && at !== before, 60);
  await eventually(linkState, (state) => state === 'UP');
  line.cut();
  await eventually(linkState, (state) => state === 'DISCONNECTED');
  line.mend();
  await untilConnected(server.admin, zone.simulator.hostName(0));
  await eventually(linkState, (state) => state === 'UP');
});

test('hosts are up again after their server had been taken for dead', async () => {
  const { database } = world;
  await database.db.transaction().execute(async (tx) => {
    // As another server does that finds the lease to have run out.
    await tx
      .updateTable('ServerInstance')
      .set({ leaseUntil: new Date(0) })
      .execute();
    await tx.updateTable('Host').set({ linkState: 'DISCONNECTED' }).execute();
  });
  await eventually(linkState, (state) => state === 'UP');
});
