import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { releaseHost } from '../placement/placement.ts';
import { move, type MachineRow } from './store.ts';

/** A machine on its way, and what both of its hosts have reserved for it. */
export interface Migration {
  machineId: Id<'VirtualMachine'>;
  sourceHostId: Id<'Host'>;
  targetHostId: Id<'Host'>;
  cpuMhz: number;
  memoryBytes: bigint;
}

// What either host reported meanwhile may be of the time before: the power reconciler asks anew.
const seenAnew = { targetHostId: null, observedPower: null } as const;

/** The machine has moved: it is the target's from now on, and the source gets back what it had reserved. */
export async function endAtTarget(tx: Transaction, migration: Migration): Promise<MachineRow> {
  const { machineId, sourceHostId, targetHostId } = migration;
  const change = { ...seenAnew, hostId: targetHostId, lastHostId: sourceHostId };
  const machine = await move(tx, machineId, 'migrated', change);
  await releaseHost(tx, sourceHostId, migration);
  return machine;
}

/** The machine stays where it was. What the target had reserved is given back by {@link releaseTarget}. */
export function endAtSource(tx: Transaction, machineId: Id<'VirtualMachine'>): Promise<MachineRow> {
  return move(tx, machineId, 'migrateFailed', { observedPower: null });
}

/** Gives back what the target had reserved. */
export async function releaseTarget(tx: Transaction, migration: Migration): Promise<void> {
  // The machine before its host, as everywhere: what hosts report does so, too.
  await tx
    .updateTable('VirtualMachine')
    .set({ targetHostId: null })
    .where('id', '=', migration.machineId)
    .execute();
  await releaseHost(tx, migration.targetHostId, migration);
}
