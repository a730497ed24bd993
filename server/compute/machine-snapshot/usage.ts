import type { Transaction } from '@nephos/model/database.ts';
import type { UsageEventKind } from '@nephos/model/generated/enums.ts';
import { appendUsage, type UsageFacts } from '../../billing/usage-events.ts';
import type { SnapshotRow } from './store.ts';

const kinds = {
  begins: { kept: 'VM_SNAPSHOT_CREATE', stored: 'VM_SNAPSHOT_ON_PRIMARY' },
  ends: { kept: 'VM_SNAPSHOT_DELETE', stored: 'VM_SNAPSHOT_OFF_PRIMARY' },
} as const satisfies Record<string, Record<string, UsageEventKind>>;

/** A snapshot begins or ends to cost: that it keeps disks, and where it has memory, the space of that. */
export async function appendSnapshotUsage(
  tx: Transaction,
  change: keyof typeof kinds,
  snapshot: SnapshotRow,
  at: Date,
): Promise<void> {
  const { id, name, accountId, virtualMachineId, serviceOfferingId } = snapshot;
  const { zoneId } = await tx
    .selectFrom('VirtualMachine')
    .select('zoneId')
    .where('id', '=', virtualMachineId)
    .executeTakeFirstOrThrow();
  const facts = (kind: UsageEventKind, sizeBytes: bigint): UsageFacts => ({
    kind,
    at,
    accountId,
    zoneId,
    resourceId: id,
    resourceName: name,
    attributes: { offeringId: serviceOfferingId, sizeBytes: sizeBytes.toString() },
  });
  const { kept, stored } = kinds[change];
  await appendUsage(tx, [
    facts(kept, snapshot.diskBytes),
    ...(snapshot.withMemory ? [facts(stored, snapshot.stateBytes)] : []),
  ]);
}
