import { changeIsoSaga } from '@nephos/server/compute/virtual-machine/sagas/change-iso.ts';
import { deploySaga, type MachineSagaDeps } from '@nephos/server/compute/virtual-machine/sagas/deploy.ts';
import { destroySaga } from '@nephos/server/compute/virtual-machine/sagas/destroy.ts';
import { expungeSaga } from '@nephos/server/compute/virtual-machine/sagas/expunge.ts';
import { rebootSaga } from '@nephos/server/compute/virtual-machine/sagas/reboot.ts';
import { startSaga } from '@nephos/server/compute/virtual-machine/sagas/start.ts';
import { stopSaga } from '@nephos/server/compute/virtual-machine/sagas/stop.ts';
import { expect } from 'vitest';
import { change, deploy, findMachine, getMachine } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

const noDeps = {} as MachineSagaDeps;

async function running({ server, machine }: World, name: string): Promise<string> {
  const { machine: made } = await deploy(server.admin, machine(name));
  expect(made.state).toBe('RUNNING');
  return made.id;
}

async function stopped(world: World, name: string): Promise<string> {
  const id = await running(world, name);
  await change(world.server.admin, 'stopVirtualMachine', { id, isForced: true });
  return id;
}

async function destroyed(world: World, name: string): Promise<string> {
  const id = await running(world, name);
  await change(world.server.admin, 'destroyVirtualMachine', { id });
  return id;
}

const isNow = (state: string) => async (world: World, id: string) => {
  expect(await getMachine(world.server.admin, id)).toMatchObject({ state });
};

const begin =
  (mutation: string, input: Record<string, unknown> = {}, type = 'VirtualMachineInput') =>
  ({ server }: World, id: string) =>
    beginJob(server.admin, mutation, type, { id, ...input });

/** What can be done to machines, each from its request to its end. */
export const machineJourneys: Journey[] = [
  {
    saga: deploySaga(noDeps),
    prepare: (_world, name) => Promise.resolve(name),
    begin: ({ server, machine }, name) =>
      beginJob(server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', machine(name)),
    arrived: async ({ server }, name) => {
      const { virtualMachines } = await server.admin.ask<{ virtualMachines: { nodes: { state: string }[] } }>(
        'query ($name: String!) { virtualMachines(search: $name) { nodes { state } } }',
        { name },
      );
      expect(virtualMachines.nodes).toEqual([{ state: 'RUNNING' }]);
    },
  },
  {
    saga: stopSaga(noDeps),
    prepare: running,
    begin: begin('stopVirtualMachine', {}, 'StopVirtualMachineInput'),
    arrived: isNow('STOPPED'),
  },
  {
    saga: startSaga(noDeps),
    prepare: stopped,
    begin: begin('startVirtualMachine'),
    arrived: isNow('RUNNING'),
  },
  {
    saga: rebootSaga(noDeps),
    prepare: running,
    begin: begin('rebootVirtualMachine'),
    arrived: isNow('RUNNING'),
  },
  {
    saga: destroySaga(noDeps),
    prepare: running,
    begin: begin('destroyVirtualMachine'),
    arrived: isNow('DESTROYED'),
  },
  {
    saga: expungeSaga(noDeps),
    prepare: destroyed,
    begin: begin('expungeVirtualMachine'),
    arrived: async ({ server }, id) => expect(await findMachine(server.admin, id)).toBeNull(),
  },
  {
    saga: changeIsoSaga(noDeps),
    prepare: running,
    begin: begin('detachIso'),
    arrived: isNow('RUNNING'),
  },
];
