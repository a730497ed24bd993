import { createSnapshotSaga } from '@nephos/server/compute/machine-snapshot/sagas/create-snapshot.ts';
import { deleteSnapshotSaga } from '@nephos/server/compute/machine-snapshot/sagas/delete-snapshot.ts';
import { revertSnapshotSaga } from '@nephos/server/compute/machine-snapshot/sagas/revert-snapshot.ts';
import type { MachineSagaDeps } from '@nephos/server/compute/virtual-machine/sagas/deploy.ts';
import { expect } from 'vitest';
import { change, deploy, getMachine } from '../support/machines.ts';
import { askSnapshot, snapshot, snapshotsOf } from '../support/snapshots.ts';
import type { World } from '../support/world.ts';
import type { Journey } from './journey.ts';

const noDeps = {} as MachineSagaDeps;

async function running({ server, machine }: World, name: string): Promise<string> {
  const { machine: made } = await deploy(server.admin, machine(name));
  return made.id;
}

/** A machine that was stopped since a snapshot of it was taken, memory and all. */
async function left(world: World, name: string): Promise<string> {
  const id = await running(world, name);
  const { job } = await snapshot(world.server.admin, id, { name: 'before' });
  expect(job).toMatchObject({ status: 'SUCCEEDED' });
  await change(world.server.admin, 'stopVirtualMachine', { id, isForced: true });
  return id;
}

const kept =
  (state: string, ...snapshots: Record<string, unknown>[]) =>
  async ({ server }: World, id: string) => {
    expect(await getMachine(server.admin, id)).toMatchObject({ state });
    expect(await snapshotsOf(server.admin, id)).toMatchObject(snapshots);
  };

const withOnly =
  (mutation: 'revertToVirtualMachineSnapshot' | 'deleteVirtualMachineSnapshot') =>
  async ({ server }: World, machineId: string) => {
    const [only] = await snapshotsOf(server.admin, machineId);
    return (await askSnapshot(server.admin, mutation, { id: only!.id })).jobId;
  };

const isWhole = { state: 'READY', isCurrent: true };

/** What can be done with snapshots of machines, each from its request to its end. */
export const snapshotJourneys: Journey[] = [
  {
    saga: createSnapshotSaga(noDeps),
    prepare: running,
    begin: async ({ server }, id) =>
      (await askSnapshot(server.admin, 'createVirtualMachineSnapshot', { id, name: 'now' })).jobId,
    arrived: kept('RUNNING', isWhole),
  },
  {
    saga: revertSnapshotSaga(noDeps),
    prepare: left,
    begin: withOnly('revertToVirtualMachineSnapshot'),
    arrived: kept('RUNNING', isWhole),
  },
  {
    saga: deleteSnapshotSaga(noDeps),
    prepare: left,
    begin: withOnly('deleteVirtualMachineSnapshot'),
    arrived: kept('STOPPED'),
  },
];

/** Those that fail in their last step, and so have everything to take back. */
export const failingSnapshotJourneys: Journey[] = [
  {
    saga: createSnapshotSaga(noDeps),
    prepare: (world, name) => running(world, `fail-at-snapshot-${name}`),
    begin: async ({ server }, id) =>
      (await askSnapshot(server.admin, 'createVirtualMachineSnapshot', { id, name: 'never' })).jobId,
    arrived: kept('RUNNING'),
  },
  {
    saga: revertSnapshotSaga(noDeps),
    prepare: (world, name) => left(world, `fail-at-revert-${name}`),
    begin: withOnly('revertToVirtualMachineSnapshot'),
    arrived: kept('STOPPED', isWhole),
  },
];
