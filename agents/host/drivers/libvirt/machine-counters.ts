import type { MachineCounters } from '@nephos/agent-protocol/machine.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { DomainStatistics } from '@nephos/node-libvirt/results.ts';

type Values = DomainStatistics['values'];

const KiB = 1024n;

function count(values: Values, name: string): bigint {
  const value = values[name];
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : 0n;
}

/** The sum over all devices of a kind: `block.0.rd.bytes`, `block.1.rd.bytes`, … */
function sum(values: Values, kind: 'block' | 'net', name: string): bigint {
  const devices = Number(count(values, `${kind}.count`));
  let total = 0n;
  for (let index = 0; index < devices; index++) total += count(values, `${kind}.${index}.${name}`);
  return total;
}

/** What the guest uses: all but what it could give to programs at once. Only a balloon driver that reports says so. */
function memoryUsed(values: Values): bigint | null {
  const free = ['balloon.usable', 'balloon.unused'].find((name) => name in values);
  if (free === undefined || !('balloon.available' in values)) return null;
  const used = count(values, 'balloon.available') - count(values, free);
  return used > 0n ? used * KiB : null;
}

/**
 * Of a domain that is busy with a job libvirt says at once what it knows itself, and leaves out what it has to ask QEMU
 * for: what the disks did, and the memory, which every other one has.
 */
function isWhole(values: Values): boolean {
  const disks = Array.from({ length: Number(count(values, 'block.count')) }, (_, index) => `block.${index}`);
  // A disk that no file is behind may have no counters ever.
  const hasFile = disks.some((disk) => `${disk}.path` in values);
  return 'balloon.rss' in values && (!hasFile || disks.some((disk) => `${disk}.rd.bytes` in values));
}

/**
 * Counters of a running machine, from libvirt's statistics of its domain.
 * @returns `undefined` when it was busy: what was left out is no reading of zero
 */
export function countersOf(
  machineId: Id<'VirtualMachine'>,
  { values }: DomainStatistics,
  runId: string,
): MachineCounters | undefined {
  if (!isWhole(values)) return undefined;
  return {
    machineId,
    runId,
    cpuNanoseconds: count(values, 'cpu.time'),
    memoryBytes: count(values, 'balloon.rss') * KiB,
    memoryAssignedBytes: count(values, 'balloon.current') * KiB,
    memoryUsedBytes: memoryUsed(values),
    diskReadBytes: sum(values, 'block', 'rd.bytes'),
    diskWriteBytes: sum(values, 'block', 'wr.bytes'),
    diskReads: sum(values, 'block', 'rd.reqs'),
    diskWrites: sum(values, 'block', 'wr.reqs'),
    networkRxBytes: sum(values, 'net', 'rx.bytes'),
    networkTxBytes: sum(values, 'net', 'tx.bytes'),
  };
}
