import { deploySaga, type MachineSagaDeps } from '@nephos/server/compute/virtual-machine/sagas/deploy.ts';
import { startSaga } from '@nephos/server/compute/virtual-machine/sagas/start.ts';
import { createTemplateSaga } from '@nephos/server/storage/image/create-template-saga.ts';
import { registerImageSaga } from '@nephos/server/storage/image/register-saga.ts';
import { expect } from 'vitest';
import { change, deploy, getMachine } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

const noDeps = {} as MachineSagaDeps;

async function stopped({ server, machine }: World, name: string): Promise<string> {
  const { machine: made } = await deploy(server.admin, machine(name));
  await change(server.admin, 'stopVirtualMachine', { id: made.id, isForced: true });
  return made.id;
}

const isStopped = async ({ server }: World, id: string) => {
  expect(await getMachine(server.admin, id)).toMatchObject({ state: 'STOPPED' });
};

/** Jobs that fail in their last step, and so have everything to take back. */
export const failingJourneys: Journey[] = [
  {
    saga: deploySaga(noDeps),
    prepare: (_world, name) => Promise.resolve(`fail-at-start-${name}`),
    begin: ({ server, machine }, name) =>
      beginJob(server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', machine(name)),
    arrived: async ({ database }, name) => {
      const machines = await database.db
        .selectFrom('VirtualMachine')
        .select(['state', 'hostId'])
        .where('name', '=', name)
        .execute();
      expect(machines).toEqual([{ state: 'ERROR', hostId: null }]);
    },
  },
  {
    saga: startSaga(noDeps),
    prepare: async (world, name) => {
      const id = await stopped(world, name);
      await world.server.admin.ask(
        'mutation ($input: RenameVirtualMachineInput!) { renameVirtualMachine(input: $input) { virtualMachine { id } } }',
        { input: { id, name: `fail-at-start-${name}` } },
      );
      return id;
    },
    begin: ({ server }, id) => beginJob(server.admin, 'startVirtualMachine', 'VirtualMachineInput', { id }),
    arrived: isStopped,
  },
  {
    saga: createTemplateSaga(noDeps),
    prepare: (world, name) => stopped(world, `fail-at-export-${name}`),
    begin: ({ server }, virtualMachineId) =>
      beginJob(server.admin, 'createTemplate', 'CreateTemplateInput', { virtualMachineId, name: 'never' }),
    arrived: isStopped,
  },
  {
    saga: registerImageSaga(noDeps),
    prepare: (_world, name) => Promise.resolve(name),
    begin: ({ server, zone }, name) =>
      beginJob(server.admin, 'registerIso', 'RegisterIsoInput', {
        zoneId: zone.zoneId,
        name,
        // Nobody listens there.
        url: 'http://127.0.0.1:1/disc.iso',
      }),
    arrived: async ({ database }, name) => {
      expect(await database.db.selectFrom('Image').select('id').where('name', '=', name).execute()).toEqual(
        [],
      );
    },
  },
];
