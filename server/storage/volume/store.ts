import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** The disks of each of some machines, root disk first. */
export async function volumesOf(
  db: Database,
  machineIds: readonly string[],
): Promise<Map<string, Row<'Volume'>[]>> {
  const rows = await db
    .selectFrom('Volume')
    .selectAll()
    .where('virtualMachineId', 'in', machineIds as Id<'VirtualMachine'>[])
    .orderBy('deviceIndex')
    .execute();
  return Map.groupBy(rows, ({ virtualMachineId }) => virtualMachineId ?? '');
}
