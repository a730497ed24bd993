import { attachNicSaga } from '@nephos/server/compute/virtual-machine/sagas/attach-nic.ts';
import {
  createSaga,
  deploySaga,
  type MachineSagaDeps,
} from '@nephos/server/compute/virtual-machine/sagas/deploy.ts';
import { reinstallSaga } from '@nephos/server/compute/virtual-machine/sagas/reinstall.ts';
import { scaleSaga } from '@nephos/server/compute/virtual-machine/sagas/scale.ts';
import { startSaga } from '@nephos/server/compute/virtual-machine/sagas/start.ts';
import { createTemplateSaga } from '@nephos/server/storage/image/create-template-saga.ts';
import { registerImageSaga } from '@nephos/server/storage/image/register-saga.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { expect } from 'vitest';
import { change, deploy, getMachine } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { scalable, scalableOffering, secondNetwork } from './machine-world.ts';
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

async function rename({ server }: World, id: string, name: string): Promise<void> {
  await server.admin.ask(
    'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input: { id, name } },
  );
}

const isInError = async ({ database }: World, name: string) => {
  const machines = await database.db
    .selectFrom('VirtualMachine')
    .select(['state', 'hostId', 'lastHostId'])
    .where('name', '=', name)
    .execute();
  expect(machines).toEqual([{ state: 'ERROR', hostId: null, lastHostId: null }]);
};

/** Jobs that fail in their last step, and so have everything to take back. */
export const failingJourneys: Journey[] = [
  {
    saga: deploySaga(noDeps),
    prepare: (_world, name) => Promise.resolve(`fail-at-start-${name}`),
    begin: ({ server, machine }, name) =>
      beginJob(server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', machine(name)),
    arrived: isInError,
  },
  {
    saga: createSaga(noDeps),
    prepare: (_world, name) => Promise.resolve(`fail-at-volume-${name}`),
    begin: ({ server, machine }, name) =>
      beginJob(server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', {
        ...machine(name),
        startsNow: false,
      }),
    arrived: isInError,
  },
  {
    saga: reinstallSaga(noDeps),
    prepare: async (world, name) => {
      const { machine } = await deploy(world.server.admin, world.machine(name));
      await rename(world, machine.id, `fail-with-other-disk-${name}`);
      return machine.id;
    },
    begin: ({ server }, id) =>
      beginJob(server.admin, 'reinstallVirtualMachine', 'ReinstallVirtualMachineInput', { id }),
    arrived: async ({ server }, id) => {
      expect(await getMachine(server.admin, id)).toMatchObject({
        state: 'RUNNING',
        volumes: [{ state: 'READY' }],
      });
    },
  },
  {
    saga: scaleSaga(noDeps),
    prepare: (world, name) => scalable(world, `fail-at-scale-${name}`),
    begin: async (world, id) =>
      beginJob(world.server.admin, 'scaleVirtualMachine', 'ScaleVirtualMachineInput', {
        id,
        serviceOfferingId: await scalableOffering(world),
        cpuCount: 2,
      }),
    arrived: async ({ database, server }, id) => {
      expect(await getMachine(server.admin, id)).toMatchObject({ state: 'RUNNING' });
      const machines = await database.db
        .selectFrom('VirtualMachine')
        .select('cpuCount')
        .where('id', '=', parseId('VirtualMachine', id))
        .execute();
      expect(machines).toEqual([{ cpuCount: 1 }]);
    },
  },
  {
    saga: attachNicSaga(noDeps),
    prepare: async (world, name) => {
      const { machine } = await deploy(world.server.admin, world.machine(`fail-at-nic-${name}`));
      return machine.id;
    },
    begin: async (world, id) =>
      beginJob(world.server.admin, 'attachNic', 'AttachNicInput', {
        id,
        networkId: await secondNetwork(world),
      }),
    arrived: async ({ database }, id) => {
      const nics = await database.db
        .selectFrom('Nic')
        .select('deviceIndex')
        .where('virtualMachineId', '=', parseId('VirtualMachine', id))
        .execute();
      expect(nics).toEqual([{ deviceIndex: 0 }]);
    },
  },
  {
    saga: startSaga(noDeps),
    prepare: async (world, name) => {
      const id = await stopped(world, name);
      await rename(world, id, `fail-at-start-${name}`);
      return id;
    },
    begin: ({ server }, id) =>
      beginJob(server.admin, 'startVirtualMachine', 'StartVirtualMachineInput', { id }),
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
