import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { notFound, PlatformError } from '../../platform/errors.ts';
import { snapshotStatesThatAccept, snapshotTransitions, type SnapshotEvent } from './state-machine.ts';

export type SnapshotRow = Row<'VirtualMachineSnapshot'>;

/** What a snapshot may have changed beside its state. */
type SnapshotChange = Partial<Pick<SnapshotRow, 'stateBytes' | 'isCurrent' | 'parentId'>>;

const words: Record<SnapshotEvent, string> = {
  revert: 'go back to it',
  delete: 'delete it',
  created: 'be taken',
  reverted: 'be gone back to',
  revertFailed: 'be gone back to',
  deleteFailed: 'be deleted',
  jobLost: 'be settled',
};

/** @throws PlatformError NOT_FOUND */
export async function getSnapshot(
  db: Database | Transaction,
  id: Id<'VirtualMachineSnapshot'>,
): Promise<SnapshotRow> {
  const snapshot = await db
    .selectFrom('VirtualMachineSnapshot')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (snapshot === undefined) throw notFound('snapshot', id);
  return snapshot;
}

/**
 * Moves a snapshot to its next state, in one compare-and-set.
 * @throws PlatformError INVALID_STATE with the state it is in, NOT_FOUND
 */
export async function moveSnapshot(
  tx: Transaction,
  id: Id<'VirtualMachineSnapshot'>,
  event: SnapshotEvent,
  change: SnapshotChange = {},
): Promise<SnapshotRow> {
  const accepting = snapshotStatesThatAccept(event);
  const moves = accepting.map((state) => sql`when ${state} then ${snapshotTransitions[state][event]}`);
  const moved = await tx
    .updateTable('VirtualMachineSnapshot')
    .set({
      ...change,
      state: sql<
        SnapshotRow['state']
      >`(case "state"::text ${sql.join(moves, sql` `)} end)::"VirtualMachineSnapshotState"`,
    })
    .where('id', '=', id)
    .where('state', 'in', accepting)
    .returningAll()
    .executeTakeFirst();
  if (moved !== undefined) return moved;
  const { name, state } = await getSnapshot(tx, id);
  throw new PlatformError(
    'INVALID_STATE',
    `snapshot ${name} is ${state}; to ${words[event]} it must be ${accepting.join(' or ')}`,
    { details: { id, state, accepts: accepting } },
  );
}

/**
 * Locks a machine before its snapshots are changed, as everybody does: a snapshot's change is a change of its machine, and
 * two transactions would wait for each other otherwise.
 */
export function lockMachine(tx: Transaction, id: Id<'VirtualMachine'>): Promise<Row<'VirtualMachine'>> {
  return tx
    .selectFrom('VirtualMachine')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** No snapshot of a machine is the one that it stands on; what comes next makes another one that. */
export async function standOnNone(tx: Transaction, machineId: Id<'VirtualMachine'>): Promise<void> {
  await tx
    .updateTable('VirtualMachineSnapshot')
    .set({ isCurrent: false })
    .where('virtualMachineId', '=', machineId)
    .where('isCurrent', '=', true)
    .execute();
}

/** The snapshot that a machine stands on. */
export async function findCurrent(
  tx: Transaction,
  machineId: Id<'VirtualMachine'>,
): Promise<Id<'VirtualMachineSnapshot'> | null> {
  const current = await tx
    .selectFrom('VirtualMachineSnapshot')
    .select('id')
    .where('virtualMachineId', '=', machineId)
    .where('isCurrent', '=', true)
    .executeTakeFirst();
  return current?.id ?? null;
}

/** The snapshots of each of some machines, oldest first. */
export async function snapshotsOf(
  db: Database,
  machineIds: readonly string[],
): Promise<Map<string, SnapshotRow[]>> {
  const rows = await db
    .selectFrom('VirtualMachineSnapshot')
    .selectAll()
    .where('virtualMachineId', 'in', machineIds as Id<'VirtualMachine'>[])
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ virtualMachineId }) => virtualMachineId);
}
