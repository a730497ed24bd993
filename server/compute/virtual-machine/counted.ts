import type { Amounts } from '../../identity/limit/limits.ts';

/** What a machine counts for in its owner's limits. It counts from its making to its expunging, on or off. */
export function machineAmounts(machine: { cpuCount: number; memoryBytes: bigint }): Amounts {
  return { VIRTUAL_MACHINE: 1n, CPU: BigInt(machine.cpuCount), MEMORY: machine.memoryBytes };
}

/** What disks count for. */
export function volumeAmounts(volumes: readonly { sizeBytes: bigint }[]): Amounts {
  return {
    VOLUME: BigInt(volumes.length),
    PRIMARY_STORAGE: volumes.reduce((total, { sizeBytes }) => total + sizeBytes, 0n),
  };
}
