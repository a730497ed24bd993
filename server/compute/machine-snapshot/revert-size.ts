import type { MachineRow } from '../virtual-machine/store.ts';

/** What is promised to a machine: of its host, and of its owner's limits. */
export interface PromisedSize {
  cpuCount: number;
  cpuMhz: number;
  memoryBytes: bigint;
}

export const sizeOf = ({ cpuCount, cpuMhz, memoryBytes }: PromisedSize): PromisedSize => ({
  cpuCount,
  cpuMhz,
  memoryBytes,
});

/**
 * What is promised while a machine goes back from one size to another: enough for both, since which it will be is not
 * known until it is over.
 */
export function enoughForBoth(one: PromisedSize, other: PromisedSize): PromisedSize {
  return {
    cpuCount: Math.max(one.cpuCount, other.cpuCount),
    cpuMhz: Math.max(one.cpuMhz, other.cpuMhz),
    memoryBytes: one.memoryBytes > other.memoryBytes ? one.memoryBytes : other.memoryBytes,
  };
}

/** Whether a machine has another size, or another offering, than a snapshot says. */
export function differs(
  machine: PromisedSize & Pick<MachineRow, 'serviceOfferingId'>,
  other: PromisedSize & Pick<MachineRow, 'serviceOfferingId'>,
): boolean {
  return (
    machine.serviceOfferingId !== other.serviceOfferingId ||
    machine.cpuCount !== other.cpuCount ||
    machine.cpuMhz !== other.cpuMhz ||
    machine.memoryBytes !== other.memoryBytes
  );
}
