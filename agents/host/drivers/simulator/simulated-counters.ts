import type { MachineCounters } from '@nephos/agent-protocol/machine.ts';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import type { SimulatedMachine } from './simulated-state.ts';

/** 0 to 999,982, and not the same for two names: a mix-up of two counters would show. */
function saltOf(name: string): bigint {
  return BigInt(Buffer.from(name).reduce((sum, byte) => (sum * 131 + byte) % 999_983, 7));
}

/**
 * Counters of a running machine: they grow with time and differ from machine to machine. Another host counts anew, as a real
 * hypervisor does.
 */
export function simulatedMachineCounters(machine: SimulatedMachine): MachineCounters {
  const since = Math.max(machine.startedAt, machine.arrivedAt ?? 0);
  const runs = BigInt(Date.now() - since);
  const salt = saltOf(machine.machineId);
  const memory = BigInt(machine.memoryBytes);
  return {
    machineId: parseId('VirtualMachine', machine.machineId),
    runId: String(since),
    // Of each processor between 5 and 55 percent.
    cpuNanoseconds: runs * (salt / 2n + 50_000n) * BigInt(machine.cpuCount),
    memoryBytes: memory - salt * 32n,
    memoryAssignedBytes: memory,
    memoryUsedBytes: (memory * (salt + 500_000n)) / 2_000_000n,
    diskReadBytes: (runs * salt) / 9n,
    diskWriteBytes: (runs * salt) / 14n,
    diskReads: (runs * salt) / 9700n,
    diskWrites: (runs * salt) / 8900n,
    networkRxBytes: (runs * salt) / 33n,
    networkTxBytes: (runs * salt) / 50n,
  };
}

/** A host as the simulator has it. */
export interface SimulatedHost {
  hostname: string;
  cpuCores: number;
  memoryMib: number;
  /** Milliseconds since 1970. */
  bootedAt: number;
  machines: readonly SimulatedMachine[];
}

/** Counters of a host: they grow with time, differ from host to host, and more machines use more. */
export function simulatedHostCounters(host: SimulatedHost): HostCounters {
  const { hostname, cpuCores, memoryMib, bootedAt } = host;
  const salt = saltOf(hostname);
  const total = BigInt(Date.now() - bootedAt) * BigInt(cpuCores);
  const running = host.machines.filter(({ power }) => power === 'ON');
  const processors = running.reduce((sum, { cpuCount }) => sum + cpuCount, 0);
  // A third of what the guests have, and what the host needs for itself: 1 to 11 percent.
  const busyShare = Math.min(0.95, 0.01 + Number(salt) / 10_000_000 + processors / 3 / cpuCores);
  const memoryTotalBytes = BigInt(memoryMib) * MiB;
  const held = running.reduce((sum, { memoryBytes }) => sum + BigInt(memoryBytes), GiB / 4n + salt * 256n);
  return {
    cpuBusyMilliseconds: BigInt(Math.floor(Number(total) * busyShare)),
    cpuTotalMilliseconds: total,
    memoryTotalBytes,
    memoryUsedBytes: held < memoryTotalBytes ? held : memoryTotalBytes,
    load: busyShare * cpuCores,
    networkRxBytes: total * (salt / 100n + 100n),
    networkTxBytes: total * (salt / 100n + 50n),
  };
}
