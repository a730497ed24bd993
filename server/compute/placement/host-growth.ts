import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';

/**
 * Promises more of a host to a machine that runs there, in one statement that cannot promise anything twice.
 * @throws PlatformError INSUFFICIENT_CAPACITY when the host has no room for it
 */
export async function reserveMore(
  tx: Transaction,
  hostId: Id<'Host'>,
  more: { cpuMhz: number; memoryBytes: bigint },
): Promise<void> {
  const { cpuMhz, memoryBytes } = more;
  const reserved = await tx
    .updateTable('HostCapacity')
    .set((row) => ({
      cpuMhzReserved: row('cpuMhzReserved', '+', cpuMhz),
      memoryBytesReserved: row('memoryBytesReserved', '+', memoryBytes),
    }))
    .where('hostId', '=', hostId)
    .where((row) => row(row('cpuMhzReserved', '+', cpuMhz), '<=', row.ref('cpuMhzTotal')))
    .where((row) => row(row('memoryBytesReserved', '+', memoryBytes), '<=', row.ref('memoryBytesTotal')))
    .returning('hostId')
    .executeTakeFirst();
  if (reserved !== undefined) return;
  throw new PlatformError('INSUFFICIENT_CAPACITY', 'the host that the machine runs on has no room for more', {
    details: { cpuMhz, memoryBytes: memoryBytes.toString() },
    remedy: 'stop the machine and scale it then: it starts where there is room',
  });
}
