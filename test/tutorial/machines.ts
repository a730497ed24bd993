import { change, deploy, getMachine, type MachineView } from '../support/machines.ts';
import { expectSuccess } from './jobs.ts';
import { expect } from './step.ts';
import type { World } from './world.ts';

/** Deploys a machine and waits until it runs. */
export async function deployMachine(world: World, source: Record<string, unknown>): Promise<MachineView> {
  const { machine, job } = await deploy(world.admin, {
    zoneId: world.zoneId,
    serviceOfferingId: world.serviceOfferingId,
    ...source,
  });
  expectSuccess(job);
  for (const { id } of machine.volumes) world.volumeIds.add(id);
  return machine;
}

/** Does something to a machine, and waits for the job and for the state that it leads to being pushed. */
export async function changeTo(
  state: string,
  { admin, live }: World,
  mutation: Parameters<typeof change>[1],
  input: { id: string; isoId?: string },
  signal: AbortSignal,
): Promise<string> {
  const job = await change(admin, mutation, input);
  expectSuccess(job);
  await live.untilState(input.id, state, signal);
  return `${job.steps.map(({ name }) => name).join(', ')}; ${state}`;
}

/** @throws Unexpected unless a machine is in a state */
export async function expectState(world: World, id: string, state: string): Promise<MachineView> {
  const machine = await getMachine(world.admin, id);
  expect(machine.state === state, `${machine.name} is ${machine.state}`);
  return machine;
}

export async function rename(world: World, id: string, name: string): Promise<string> {
  const { updateVirtualMachine } = await world.admin.ask<{
    updateVirtualMachine: { virtualMachine: { name: string } };
  }>(
    `mutation ($input: UpdateVirtualMachineInput!) {
      updateVirtualMachine(input: $input) { virtualMachine { name } }
    }`,
    { input: { id, name } },
  );
  const now = updateVirtualMachine.virtualMachine.name;
  expect(now === name, `it is called ${now}`);
  return now;
}
