import { importSaga } from '@nephos/server/compute/foreign-machine/sagas/import.ts';
import { unmanageSaga } from '@nephos/server/compute/foreign-machine/sagas/unmanage.ts';
import type { MachineSagaDeps } from '@nephos/server/compute/virtual-machine/sagas/deploy.ts';
import { expect } from 'vitest';
import { aForeignMachine, foreignNamed, makeForeign } from '../support/foreign-machines.ts';
import { deploy, findMachine, getMachine } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

const noDeps = {} as MachineSagaDeps;

async function foreign({ server, zone }: World, name: string): Promise<string> {
  await makeForeign(server.admin, zone, aForeignMachine(zone, { name }));
  return name;
}

const beginImport: Journey['begin'] = async ({ server, machine }, name) =>
  beginJob(server.admin, 'importVirtualMachine', 'ImportVirtualMachineInput', {
    foreignMachineId: (await foreignNamed(server.admin, name)).id,
    serviceOfferingId: machine(name).serviceOfferingId,
  });

async function running({ server, machine }: World, name: string): Promise<string> {
  return (await deploy(server.admin, machine(name))).machine.id;
}

const beginUnmanage: Journey['begin'] = ({ server }, id) =>
  beginJob(server.admin, 'unmanageVirtualMachine', 'VirtualMachineInput', { id });

const statesOf = async ({ database }: World, name: string) => {
  const rows = await database.db
    .selectFrom('VirtualMachine')
    .select('state')
    .where('name', '=', name)
    .execute();
  return rows.map(({ state }) => state);
};

/** Machines that come to be ours, and that are let go of. */
export const foreignJourneys: Journey[] = [
  {
    saga: importSaga(noDeps),
    prepare: foreign,
    begin: beginImport,
    arrived: async (world, name) => expect(await statesOf(world, name)).toEqual(['RUNNING']),
  },
  {
    saga: unmanageSaga(noDeps),
    prepare: running,
    begin: beginUnmanage,
    arrived: async ({ server }, id) => expect(await findMachine(server.admin, id)).toBeNull(),
  },
];

/** The same, failing in their last step. */
export const failingForeignJourneys: Journey[] = [
  {
    saga: importSaga(noDeps),
    prepare: (world, name) => foreign(world, `fail-at-adopt-${name}`),
    begin: beginImport,
    arrived: async (world, name) => {
      expect(await statesOf(world, name)).toEqual([]);
      await foreignNamed(world.server.admin, name);
    },
  },
  {
    saga: unmanageSaga(noDeps),
    prepare: (world, name) => running(world, `fail-at-release-${name}`),
    begin: beginUnmanage,
    arrived: async ({ server }, id) => {
      expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING' });
    },
  },
];
