import type { Amounts } from '../../../identity/limit/limits.ts';
import type { MachineSize } from '../../service-offering/chosen-size.ts';

type Counted = Pick<MachineSize, 'cpuCount' | 'memoryBytes'>;

/** What one size counts for in limits beyond another; less than nothing where it is smaller. */
export function sizeDifference(before: Counted, after: Counted): Required<Pick<Amounts, 'CPU' | 'MEMORY'>> {
  return {
    CPU: BigInt(after.cpuCount - before.cpuCount),
    MEMORY: after.memoryBytes - before.memoryBytes,
  };
}
