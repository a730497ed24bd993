import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { untilConnected } from '../support/simulator.ts';
import { startWorld, type World } from '../support/world.ts';
import { createDraft, findDraft } from '../support/zone-drafts.ts';
import { zoneInput } from '../support/zone.ts';
import { beginJob, type AnySaga, type Journey } from './journey.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';
import { FreeAgents } from './zone-journey.ts';

const around = new AsyncDisposableStack();
let world: World;
let rounds: Round[];

/** The last come first, so that a job that was left at one of them does not pass the next. */
const moments: Record<string, string[]> = {
  'zone.launch': ['zone.launch:attachPrimaryStorage:acted', 'zone.launch:createCluster'],
  'zone.discard': ['zone.discard:detachPrimaryStorage:acted'],
};
const sagaOf = (kind: string): AnySaga => ({ kind, steps: [] });

/** A draft on a free host. */
async function prepareDraft({ server, database }: World, name: string, images: string): Promise<string> {
  await untilConnected(server.admin, 'free-storage');
  await database.db.updateTable('Agent').set({ zoneId: null }).where('name', '=', 'free-storage').execute();
  const folder = path.join(server.folder, name);
  const input = await zoneInput(server.admin, folder);
  // Those that other drafts have are free until they are launched.
  const drafts = await database.db.selectFrom('ZoneDraft').select('plan').execute();
  const planned = new Set(drafts.flatMap(({ plan }) => plan.hosts.map(({ agentId }) => agentId)));
  const agentId = input.hosts.find((host) => !planned.has(host.agentId as never))!.agentId;
  const { pod, guestRange, primaryStorage } = input;
  const plan = { pod, guestRange, primaryStorage, imageStore: { name: 'images', path: images } };
  const cluster = { name: 'cluster-1', hypervisor: 'SIMULATOR', cpuOvercommit: '', memoryOvercommit: '' };
  const hosts = [{ key: agentId, name: '', agentId }];
  const zone = { name, networkModel: 'BASIC', dns1: '10.1.0.1', dns2: '', internalDns1: '10.1.0.1' };
  return (
    await createDraft(server.admin, {
      ...plan,
      cluster,
      hosts,
      zone: { ...zone, internalDns2: '', networkDomain: '' },
    })
  ).id;
}

const launchJourney: Journey = {
  saga: sagaOf('zone.launch'),
  prepare: (kind, name) => prepareDraft(kind, name, path.join(kind.server.folder, name, 'images')),
  begin: async ({ server, database }, id) => {
    await untilConnected(server.admin, 'free-storage');
    await database.db.updateTable('Agent').set({ zoneId: null }).where('name', '=', 'free-storage').execute();
    return beginJob(server.admin, 'launchZoneDraft', 'LaunchZoneDraftInput', { id });
  },
  arrived: async ({ server }, id) => {
    expect(await findDraft(server.admin, id)).toMatchObject({
      state: 'LAUNCHED',
      zone: { allocationState: 'ENABLED' },
    });
  },
};

const discardJourney: Journey = {
  saga: sagaOf('zone.discard'),
  prepare: async (kind, name) => {
    const { admin, folder } = kind.server;
    mkdirSync(path.join(folder, name), { recursive: true });
    // A file where the directory should be: the launch stops with the primary storage attached.
    writeFileSync(path.join(folder, name, 'file'), '');
    const id = await prepareDraft(kind, name, path.join(folder, name, 'file', 'images'));
    const jobId = await beginJob(admin, 'launchZoneDraft', 'LaunchZoneDraftInput', { id });
    expect(await followJob(admin, jobId)).toMatchObject({ status: 'FAILED' });
    return id;
  },
  begin: ({ server }, id) => beginJob(server.admin, 'discardZoneDraft', 'DiscardZoneDraftInput', { id }),
  arrived: async ({ server, database }, id) => {
    expect(await findDraft(server.admin, id)).toBeUndefined();
    const left = await database.db
      .selectFrom('Zone')
      .select('id')
      .where('name', 'like', 'zone-discard-%')
      .execute();
    expect(left).toEqual([]);
  },
};

beforeAll(async () => {
  world = around.use(await startWorld());
  around.use(await FreeAgents.start(world));
  rounds = await prepareRounds(world, [launchJourney, discardJourney], ({ kind }) => moments[kind]!);
});

afterAll(() => around.disposeAsync());

test.each([0, 1])('round %i: a launch and a discard go on that their server left', async (index) => {
  await killInRound(world, rounds, index, 'SUCCEEDED');
});
