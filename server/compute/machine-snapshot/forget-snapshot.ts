import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { releaseLimits, type Amounts } from '../../identity/limit/limits.ts';
import { releasePool } from '../placement/pools.ts';
import { getSnapshot, lockMachine, standOnNone, type SnapshotRow } from './store.ts';
import { appendSnapshotUsage } from './usage.ts';

/** Deletes a snapshot's row, and gives back the space that was promised for its memory. */
async function releaseSpace(tx: Transaction, { id, poolId, reservedBytes }: SnapshotRow): Promise<void> {
  await tx.deleteFrom('VirtualMachineSnapshot').where('id', '=', id).execute();
  if (reservedBytes > 0n) await releasePool(tx, poolId, reservedBytes);
}

/** Like {@link releaseSpace}, and it counts no more. */
export async function releaseSnapshot(tx: Transaction, snapshot: SnapshotRow): Promise<void> {
  await releaseSpace(tx, snapshot);
  await releaseLimits(tx, snapshot.accountId, countedFor([snapshot]));
}

/** A snapshot is gone: what was taken after it, and a machine that stands on it, stand on the one before. */
export async function forgetSnapshot(
  tx: Transaction,
  id: Id<'VirtualMachineSnapshot'>,
  at: Date,
): Promise<void> {
  const { virtualMachineId } = await getSnapshot(tx, id);
  await lockMachine(tx, virtualMachineId);
  const snapshot = await getSnapshot(tx, id);
  const { parentId } = snapshot;
  await tx.updateTable('VirtualMachineSnapshot').set({ parentId }).where('parentId', '=', id).execute();
  if (snapshot.isCurrent) {
    await standOnNone(tx, virtualMachineId);
    if (parentId !== null)
      await tx
        .updateTable('VirtualMachineSnapshot')
        .set({ isCurrent: true })
        .where('id', '=', parentId)
        .execute();
  }
  await appendSnapshotUsage(tx, 'ends', snapshot, at);
  await releaseSnapshot(tx, snapshot);
}

/**
 * All snapshots of a machine are gone with its disks.
 * @returns what they counted for, which is to be released with what the machine did: pools come first everywhere
 */
export async function forgetSnapshots(
  tx: Transaction,
  machineId: Id<'VirtualMachine'>,
  at: Date,
): Promise<Amounts> {
  const snapshots = await tx
    .selectFrom('VirtualMachineSnapshot')
    .selectAll()
    .where('virtualMachineId', '=', machineId)
    .execute();
  for (const snapshot of snapshots) {
    // One whose making was cut off was never metered.
    if (snapshot.state !== 'CREATING') await appendSnapshotUsage(tx, 'ends', snapshot, at);
    await releaseSpace(tx, snapshot);
  }
  return countedFor(snapshots);
}

/** Their memory takes its place on primary storage. */
const countedFor = (snapshots: readonly SnapshotRow[]): Amounts => ({
  PRIMARY_STORAGE: snapshots.reduce((sum, { reservedBytes }) => sum + reservedBytes, 0n),
});
