import path from 'node:path';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { deleteHostSaga, type DeleteHostDeps } from '@nephos/server/infrastructure/host/sagas/delete.ts';
import { prepareForMaintenanceSaga } from '@nephos/server/infrastructure/host/sagas/prepare-for-maintenance.ts';
import { refillSaga } from '@nephos/server/infrastructure/host/sagas/refill.ts';
import { expect } from 'vitest';
import { allHosts, beginOnHost, changeHost, getHost, placeOf, workOnHost } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

/** Hosts that a journey has not yet taken for itself; at least one takes the machines of the others. */
const taken = new Set<string>();

async function takeHost({ server }: World): Promise<string> {
  const free = (await allHosts(server.admin)).filter(({ id }) => !taken.has(id));
  const host = free.at(-1);
  if (host === undefined || free.length === 1) throw new Error('there are too few hosts for the journeys');
  taken.add(host.id);
  return host.id;
}

/** A machine that runs on a certain host. */
async function runningOn({ server, machine }: World, name: string, hostId: string): Promise<string> {
  const { machine: made } = await deploy(server.admin, machine(name));
  const { host } = await placeOf(server.admin, made.id);
  if (host !== hostId) await change(server.admin, 'migrateVirtualMachine', { id: made.id, hostId });
  expect(await placeOf(server.admin, made.id)).toMatchObject({ state: 'RUNNING', host: hostId });
  return made.id;
}

/** A host that can be deleted: one machine was there last, and it has storage of its own. */
async function deletable(world: World, name: string): Promise<string> {
  const { server, zone } = world;
  const hostId = await takeHost(world);
  const id = await runningOn(world, name, hostId);
  await change(server.admin, 'stopVirtualMachine', { id, isForced: true });
  await changeHost(server.admin, 'disableHost', { id: hostId });
  const jobId = await beginJob(server.admin, 'createStoragePool', 'CreateStoragePoolInput', {
    zoneId: zone.zoneId,
    hostId,
    name: `local-${name}`,
    type: 'LOCAL_DIRECTORY',
    scope: 'HOST',
    path: path.join(zone.folder, name),
  });
  expect(await followJob(server.admin, jobId)).toMatchObject({ status: 'SUCCEEDED' });
  return hostId;
}

/** What is done to hosts, each from its request to its end. */
export const hostJourneys: Journey[] = [
  {
    saga: prepareForMaintenanceSaga(undefined as never),
    prepare: async (world, name) => {
      const hostId = await takeHost(world);
      for (const each of ['a', 'b', 'c']) await runningOn(world, `${name}-${each}`, hostId);
      return hostId;
    },
    begin: ({ server }, id) => beginOnHost(server.admin, 'prepareHostForMaintenance', { id }),
    arrived: async ({ server, database }, id) => {
      expect(await getHost(server.admin, id)).toMatchObject({ adminState: 'MAINTENANCE' });
      const left = await database.db
        .selectFrom('VirtualMachine')
        .select('name')
        .where('hostId', '=', parseId('Host', id))
        .execute();
      expect(left).toEqual([]);
    },
  },
  {
    saga: refillSaga(undefined as never),
    prepare: async (world, name) => {
      const { admin } = world.server;
      const hostId = await takeHost(world);
      for (const each of ['a', 'b']) await runningOn(world, `${name}-${each}`, hostId);
      const emptied = await workOnHost(admin, 'prepareHostForMaintenance', { id: hostId });
      expect(emptied).toMatchObject({ status: 'SUCCEEDED' });
      return hostId;
    },
    begin: ({ server }, id) =>
      beginJob(server.admin, 'cancelHostMaintenance', 'CancelHostMaintenanceInput', {
        id,
        returnsMachines: true,
      }),
    arrived: async ({ server, database }, id) => {
      expect(await getHost(server.admin, id)).toMatchObject({ adminState: 'ENABLED' });
      const back = await database.db
        .selectFrom('VirtualMachine')
        .select('state')
        .where('hostId', '=', parseId('Host', id))
        .where('name', 'like', 'host-refill%')
        .execute();
      expect(back).toEqual([{ state: 'RUNNING' }, { state: 'RUNNING' }]);
    },
  },
  {
    saga: deleteHostSaga({} as DeleteHostDeps),
    prepare: deletable,
    begin: ({ server }, id) => beginOnHost(server.admin, 'deleteHost', { id }),
    arrived: async ({ server, database }, id) => {
      expect((await allHosts(server.admin)).map((host) => host.id)).not.toContain(id);
      const pools = await database.db
        .selectFrom('StoragePool')
        .select('name')
        .where('hostId', '=', parseId('Host', id))
        .execute();
      expect(pools).toEqual([]);
    },
  },
];

/** A host that somebody enables while it is deleted: it stays, with its storage. */
export const failingDeletion: Journey = {
  saga: deleteHostSaga({} as DeleteHostDeps),
  prepare: deletable,
  begin: ({ server, database }, id) =>
    // The job's last word waits for this transaction.
    database.db.transaction().execute(async (tx) => {
      const capacity = tx
        .selectFrom('HostCapacity')
        .select('hostId')
        .where('hostId', '=', parseId('Host', id));
      await capacity.forUpdate().execute();
      const jobId = await beginOnHost(server.admin, 'deleteHost', { id });
      await tx
        .updateTable('Host')
        .set({ adminState: 'ENABLED' })
        .where('id', '=', parseId('Host', id))
        .execute();
      return jobId;
    }),
  arrived: async ({ server, database }, id) => {
    expect(await getHost(server.admin, id)).toMatchObject({ adminState: 'ENABLED' });
    const pools = await database.db
      .selectFrom('StoragePool')
      .select('state')
      .where('hostId', '=', parseId('Host', id))
      .execute();
    expect(pools).toEqual([{ state: 'UP' }]);
  },
};
