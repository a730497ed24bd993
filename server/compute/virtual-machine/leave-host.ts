import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { releaseHost } from '../placement/placement.ts';
import type { VirtualMachineEvent } from './state-machine.ts';
import { move, tryMove, type MachineRow } from './store.ts';
import { appendMachineUsage } from './usage.ts';

async function hostOf(db: Database | Transaction, id: Id<'VirtualMachine'>): Promise<Id<'Host'> | null> {
  const row = await db
    .selectFrom('VirtualMachine')
    .select('hostId')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row?.hostId ?? null;
}

const offHost = (hostId: Id<'Host'> | null) =>
  ({ hostId: null, desiredPower: 'OFF', ...(hostId !== null && { lastHostId: hostId }) }) as const;

async function settle(
  tx: Transaction,
  hostId: Id<'Host'> | null,
  machine: MachineRow,
  at: Date,
): Promise<void> {
  if (hostId === null) return;
  await releaseHost(tx, hostId, machine);
  await appendMachineUsage(tx, 'VM_STOP', machine, at);
}

/** A machine went off: it moves by the event, its host gets back what it had reserved, and the meter stops. */
export async function leaveHost(
  tx: Transaction,
  id: Id<'VirtualMachine'>,
  event: VirtualMachineEvent,
  at: Date,
): Promise<MachineRow> {
  const hostId = await hostOf(tx, id);
  const machine = await move(tx, id, event, { ...offHost(hostId), observedPower: 'OFF', observedAt: at });
  await settle(tx, hostId, machine, at);
  return machine;
}

/** Like {@link leaveHost} for what a host reports: in a state that does not accept the event nothing happens. */
export async function tryLeaveHost(
  tx: Transaction,
  id: Id<'VirtualMachine'>,
  event: VirtualMachineEvent,
  observedPower: 'OFF' | 'ABSENT',
  at: Date,
): Promise<MachineRow | undefined> {
  const hostId = await hostOf(tx, id);
  const machine = await tryMove(tx, id, event, { ...offHost(hostId), observedPower, observedAt: at });
  if (machine !== undefined) await settle(tx, hostId, machine, at);
  return machine;
}
