import type { Transaction } from '@nephos/model/database.ts';
import type { UsageSource } from '../../../billing/event-id.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import type { MachineRow } from '../store.ts';
import { machineUsage } from '../usage.ts';

/** From now on the machine costs as its row says: what is allocated of it, and what runs. */
export async function appendScaleUsage(
  tx: Transaction,
  machine: MachineRow,
  at: Date,
  source?: UsageSource,
): Promise<void> {
  const isMetered = machine.hostId !== null && machine.state !== 'STARTING';
  const events = [
    machineUsage('VM_SCALE', machine, at),
    ...(isMetered ? [machineUsage('VM_SCALE_LIVE', machine, at)] : []),
  ];
  await appendUsage(tx, events, source);
}
