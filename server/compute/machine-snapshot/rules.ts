import type { Transaction } from '@nephos/model/database.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { MachineRow } from '../virtual-machine/store.ts';

type SnapshotQuestion = 'any' | 'withMemory' | 'workedOn';

async function findOne(tx: Transaction, machine: MachineRow, which: SnapshotQuestion) {
  return tx
    .selectFrom('VirtualMachineSnapshot')
    .select(['id', 'name', 'state'])
    .where('virtualMachineId', '=', machine.id)
    .$if(which === 'withMemory', (query) => query.where('withMemory', '=', true))
    .$if(which === 'workedOn', (query) => query.where('state', 'not in', ['READY', 'ERROR']))
    .limit(1)
    .executeTakeFirst();
}

/**
 * What would make a machine's snapshots worthless is refused: they keep its disks as a set.
 * @param what for people: `be reinstalled`
 * @throws PlatformError INVALID_STATE while the machine has snapshots
 */
export async function assertNoSnapshots(tx: Transaction, machine: MachineRow, what: string): Promise<void> {
  const snapshot = await findOne(tx, machine, 'any');
  if (snapshot === undefined) return;
  throw new PlatformError(
    'INVALID_STATE',
    `${machine.name} has snapshots, which keep the disks that it has; to ${what} it must have none`,
    { details: { id: machine.id, snapshotId: snapshot.id }, remedy: 'delete its snapshots first' },
  );
}

/**
 * A guest that comes back out of its memory finds the network cards that it had.
 * @throws PlatformError INVALID_STATE while the machine has snapshots with memory
 */
export async function assertNoMemorySnapshots(tx: Transaction, machine: MachineRow): Promise<void> {
  const snapshot = await findOne(tx, machine, 'withMemory');
  if (snapshot === undefined) return;
  throw new PlatformError(
    'INVALID_STATE',
    `${machine.name} has snapshots with memory, which know the network cards that it has; to have them changed it must have none`,
    {
      details: { id: machine.id, snapshotId: snapshot.id },
      remedy: 'delete its snapshots with memory first',
    },
  );
}

/** @throws PlatformError INVALID_STATE while a snapshot of the machine is being taken, gone back to or deleted */
export async function assertNoSnapshotWork(tx: Transaction, machine: MachineRow): Promise<void> {
  const snapshot = await findOne(tx, machine, 'workedOn');
  if (snapshot === undefined) return;
  throw new PlatformError(
    'INVALID_STATE',
    `snapshot ${snapshot.name} of ${machine.name} is ${snapshot.state}; wait until it is READY`,
    { details: { id: machine.id, snapshotId: snapshot.id, state: snapshot.state } },
  );
}
