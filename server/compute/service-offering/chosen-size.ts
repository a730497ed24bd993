import type { Row } from '@nephos/model/database.ts';
import { formatBytes, MiB } from '@nephos/model/kernel/units.ts';
import { invalid } from '../../platform/errors.ts';

/** Processors and memory that are asked for of an offering that leaves the choice. */
export interface SizeChoice {
  cpuCount?: number | null | undefined;
  memoryBytes?: bigint | null | undefined;
}

export interface MachineSize {
  cpuCount: number;
  /** Of all processors together. */
  cpuMhz: number;
  memoryBytes: bigint;
}

/**
 * The size that a machine of an offering gets.
 * @throws PlatformError VALIDATION_FAILED for a choice outside the offering's bounds, or where there is none
 */
export function chosenSize(offering: Row<'ServiceOffering'>, choice: SizeChoice): MachineSize {
  const { name } = offering;
  const cpuCount = choice.cpuCount ?? offering.cpuCount;
  if (cpuCount !== offering.cpuCount) {
    const { maxCpuCount } = offering;
    if (maxCpuCount === null)
      throw invalid('input.cpuCount', cpuCount, `must be left out: ${name} has a fixed number of processors`);
    if (cpuCount < offering.cpuCount || cpuCount > maxCpuCount) {
      throw invalid(
        'input.cpuCount',
        cpuCount,
        `must be from ${offering.cpuCount} to ${maxCpuCount} for ${name}`,
      );
    }
  }
  const memoryBytes = choice.memoryBytes ?? offering.memoryBytes;
  if (memoryBytes !== offering.memoryBytes) {
    const { maxMemoryBytes } = offering;
    if (maxMemoryBytes === null)
      throw invalid('input.memory', memoryBytes, `must be left out: ${name} has a fixed size of memory`);
    if (memoryBytes < offering.memoryBytes || memoryBytes > maxMemoryBytes || memoryBytes % MiB !== 0n) {
      throw invalid(
        'input.memory',
        memoryBytes,
        `must be whole MiB from ${formatBytes(offering.memoryBytes)} to ${formatBytes(maxMemoryBytes)} for ${name}`,
      );
    }
  }
  return { cpuCount, cpuMhz: cpuCount * offering.cpuMhz, memoryBytes };
}
