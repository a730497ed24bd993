import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { Row, Transaction } from '@nephos/model/database.ts';
import type { MachineSize } from '../../service-offering/chosen-size.ts';
import type { MachineRow } from '../store.ts';

/** What a machine is started with room for, as its row has it. */
export type HeadroomColumns = Pick<MachineRow, 'headroomCpuCount' | 'headroomMemoryBytes'>;

const mostCpus = 256;

/**
 * How far a machine of an offering can be scaled while it runs: as far as the choice goes, or, where there is none, to
 * twice its size.
 */
export function headroomOf(
  { isScalableLive, maxCpuCount, maxMemoryBytes }: Row<'ServiceOffering'>,
  { cpuCount, memoryBytes }: Pick<MachineSize, 'cpuCount' | 'memoryBytes'>,
): HeadroomColumns {
  if (!isScalableLive) return { headroomCpuCount: null, headroomMemoryBytes: null };
  return {
    headroomCpuCount: maxCpuCount ?? Math.min(2 * cpuCount, mostCpus),
    headroomMemoryBytes: maxMemoryBytes ?? 2n * memoryBytes,
  };
}

/** That of a machine that is about to be started. */
export async function headroomForStart(tx: Transaction, machine: MachineRow): Promise<HeadroomColumns> {
  const offering = await tx
    .selectFrom('ServiceOffering')
    .selectAll()
    .where('id', '=', machine.serviceOfferingId)
    .executeTakeFirstOrThrow();
  return headroomOf(offering, machine);
}

/** As its host is told. */
export function headroomFrom({
  headroomCpuCount,
  headroomMemoryBytes,
}: HeadroomColumns): MachineSpec['headroom'] {
  return headroomCpuCount === null || headroomMemoryBytes === null
    ? null
    : { cpuCount: headroomCpuCount, memoryBytes: headroomMemoryBytes };
}
