import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** The network cards of each of some machines, in order. */
export async function nicsOf(
  db: Database,
  machineIds: readonly string[],
): Promise<Map<string, Row<'Nic'>[]>> {
  const rows = await db
    .selectFrom('Nic')
    .selectAll()
    .where('virtualMachineId', 'in', machineIds as Id<'VirtualMachine'>[])
    .orderBy('deviceIndex')
    .execute();
  return Map.groupBy(rows, ({ virtualMachineId }) => virtualMachineId as string);
}
