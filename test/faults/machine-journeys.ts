import { attachNicSaga } from '@nephos/server/compute/virtual-machine/sagas/attach-nic.ts';
import { changeIsoSaga } from '@nephos/server/compute/virtual-machine/sagas/change-iso.ts';
import {
  createSaga,
  deploySaga,
  type MachineSagaDeps,
} from '@nephos/server/compute/virtual-machine/sagas/deploy.ts';
import { detachNicSaga } from '@nephos/server/compute/virtual-machine/sagas/detach-nic.ts';
import { destroySaga } from '@nephos/server/compute/virtual-machine/sagas/destroy.ts';
import { expungeSaga } from '@nephos/server/compute/virtual-machine/sagas/expunge.ts';
import { rebootSaga } from '@nephos/server/compute/virtual-machine/sagas/reboot.ts';
import { reinstallSaga } from '@nephos/server/compute/virtual-machine/sagas/reinstall.ts';
import { resumeSaga } from '@nephos/server/compute/virtual-machine/sagas/resume.ts';
import { scaleSaga } from '@nephos/server/compute/virtual-machine/sagas/scale.ts';
import { setPasswordSaga } from '@nephos/server/compute/virtual-machine/sagas/set-password.ts';
import { startSaga } from '@nephos/server/compute/virtual-machine/sagas/start.ts';
import { stopSaga } from '@nephos/server/compute/virtual-machine/sagas/stop.ts';
import { suspendSaga } from '@nephos/server/compute/virtual-machine/sagas/suspend.ts';
import { expect } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { change, deploy, findMachine, getMachine, registerTemplate } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { followJob } from '../support/jobs.ts';
import { scalable, scalableOffering, secondNetwork } from './machine-world.ts';
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

async function suspended(world: World, name: string): Promise<string> {
  const id = await running(world, name);
  await change(world.server.admin, 'suspendVirtualMachine', { id });
  return id;
}

const templates = new Map<string, string>();

/** A machine's name. Where its template is to be brought to the pool, it is one that no pool has yet. */
async function deployable({ server, zone }: World, name: string, moment: string): Promise<string> {
  if (moment.endsWith(':prepareTemplate:acted'))
    templates.set(name, await registerTemplate(server.admin, zone.zoneId));
  return name;
}

const deployment = ({ machine }: World, name: string) => {
  const templateId = templates.get(name);
  return { ...machine(name), ...(templateId !== undefined && { templateId }) };
};

const isNow = (state: string) => async (world: World, id: string) => {
  expect(await getMachine(world.server.admin, id)).toMatchObject({ state });
};

/** States of the machines of a name. */
async function expectStates(client: ApiClient, name: string, states: string[]): Promise<void> {
  const { virtualMachines } = await client.ask<{
    virtualMachines: { nodes: { name: string; state: string }[] };
  }>('query ($name: String!) { virtualMachines(search: $name) { nodes { name state } } }', { name });
  const found = virtualMachines.nodes.filter((machine) => machine.name === name);
  expect(found.map(({ state }) => state)).toEqual(states);
}

const begin =
  (mutation: string, input: Record<string, unknown> = {}, type = 'VirtualMachineInput') =>
  ({ server }: World, id: string) =>
    beginJob(server.admin, mutation, type, { id, ...input });

async function cardsOf({ server }: World, id: string): Promise<{ id: string }[]> {
  const { virtualMachine } = await server.admin.ask<{ virtualMachine: { nics: { id: string }[] } }>(
    'query ($id: ID!) { virtualMachine(id: $id) { nics { id } } }',
    { id },
  );
  return virtualMachine.nics;
}

const hasCards = (count: number) => async (world: World, id: string) => {
  expect(await cardsOf(world, id)).toHaveLength(count);
  await isNow('RUNNING')(world, id);
};

/** What can be done to machines, each from its request to its end. */
export const machineJourneys: Journey[] = [
  {
    saga: deploySaga(noDeps),
    prepare: deployable,
    begin: (world, name) =>
      beginJob(
        world.server.admin,
        'deployVirtualMachine',
        'DeployVirtualMachineInput',
        deployment(world, name),
      ),
    arrived: ({ server }, name) => expectStates(server.admin, name, ['RUNNING']),
  },
  {
    saga: createSaga(noDeps),
    prepare: deployable,
    begin: (world, name) =>
      beginJob(world.server.admin, 'deployVirtualMachine', 'DeployVirtualMachineInput', {
        ...deployment(world, name),
        startsNow: false,
      }),
    arrived: ({ server }, name) => expectStates(server.admin, name, ['STOPPED']),
  },
  {
    saga: reinstallSaga(noDeps),
    prepare: running,
    begin: begin('reinstallVirtualMachine', {}, 'ReinstallVirtualMachineInput'),
    arrived: async ({ server }, id) => {
      expect(await getMachine(server.admin, id)).toMatchObject({
        state: 'RUNNING',
        volumes: [{ state: 'READY' }],
      });
    },
  },
  {
    saga: scaleSaga(noDeps),
    prepare: scalable,
    begin: async (world, id) =>
      begin(
        'scaleVirtualMachine',
        { serviceOfferingId: await scalableOffering(world), cpuCount: 2 },
        'ScaleVirtualMachineInput',
      )(world, id),
    arrived: isNow('RUNNING'),
  },
  {
    saga: attachNicSaga(noDeps),
    prepare: running,
    begin: async (world, id) =>
      begin('attachNic', { networkId: await secondNetwork(world) }, 'AttachNicInput')(world, id),
    arrived: hasCards(2),
  },
  {
    saga: detachNicSaga(noDeps),
    prepare: async (world, name) => {
      const id = await running(world, name);
      const job = await begin(
        'attachNic',
        { networkId: await secondNetwork(world) },
        'AttachNicInput',
      )(world, id);
      await followJob(world.server.admin, job);
      return id;
    },
    begin: async (world, id) => {
      const [, second] = await cardsOf(world, id);
      return begin('detachNic', { nicId: second?.id }, 'DetachNicInput')(world, id);
    },
    arrived: hasCards(1),
  },
  {
    saga: setPasswordSaga(noDeps),
    prepare: running,
    begin: begin('resetVirtualMachinePassword', {}, 'ResetVirtualMachinePasswordInput'),
    arrived: isNow('RUNNING'),
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
    begin: begin('startVirtualMachine', {}, 'StartVirtualMachineInput'),
    arrived: isNow('RUNNING'),
  },
  {
    saga: rebootSaga(noDeps),
    prepare: running,
    begin: begin('rebootVirtualMachine', {}, 'RebootVirtualMachineInput'),
    arrived: isNow('RUNNING'),
  },
  {
    saga: suspendSaga(noDeps),
    prepare: running,
    begin: begin('suspendVirtualMachine'),
    arrived: isNow('SUSPENDED'),
  },
  {
    saga: resumeSaga(noDeps),
    prepare: suspended,
    begin: begin('resumeVirtualMachine'),
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
