import { formatBytes } from '@nephos/model/kernel/units.ts';
import type { Reason, Question } from './conditions.ts';
import { newDiskBytes, requiredTags } from './demand.ts';
import type { HostFactsForVerdict, ReachedPool } from './host-verdicts.ts';

const listed = (words: readonly string[]) => words.join(', ');

const isFull = ({ usedBytes, totalBytes, closedAbove }: ReachedPool) =>
  usedBytes * 100n > totalBytes * BigInt(closedAbove);

/** What a pool may still be promised, as the rules have it; nothing when it is too full. */
function roomOf(pool: ReachedPool): bigint {
  if (isFull(pool)) return 0n;
  const promised = Number(pool.totalBytes) * pool.overprovisioning;
  const room = BigInt(Math.floor(promised)) - pool.allocatedBytes;
  return room < 0n ? 0n : room;
}

function storageSentence({ pools }: HostFactsForVerdict, question: Question): string {
  const needed = formatBytes(newDiskBytes(question.demand));
  const rooms = pools.map((pool) => {
    return isFull(pool)
      ? `${pool.name} is used beyond ${pool.closedAbove} %`
      : `${pool.name} has ${formatBytes(roomOf(pool))} left`;
  });
  return `needs ${needed} on one pool: ${listed(rooms)}`;
}

const percent = (value: number) => `${Math.round(value * 10) / 10} %`;
const mhz = (value: number) => `${value} MHz`;

/** What is told of each reason, of a host that it rules out. */
const sentences: Record<Reason, (facts: HostFactsForVerdict, question: Question) => string> = {
  hostNotUp: ({ linkState }) => `is ${linkState}; it must be UP`,
  hostNotEnabled: ({ adminState }) => `is ${adminState}; it must be ENABLED`,
  clusterNotEnabled: ({ clusterName }) => `its cluster ${clusterName} is closed for new machines`,
  zoneNotEnabled: () => 'its zone is closed for new machines',
  otherHost: () => 'is not the host that was asked for',
  excludedHost: () => 'is the host that the machine is to leave',
  otherCluster: ({ clusterName }) => `is in cluster ${clusterName}; the machine must stay in its own`,
  otherPod: ({ podName }) => `is in pod ${podName}; the machine’s address is of another`,
  otherHypervisor: ({ hypervisor }) => `runs ${hypervisor}; the machine needs what it ran on last`,
  noLiveMigration: () => 'cannot take machines that run',
  noUefi: () => 'has no UEFI firmware, by which the machine starts',
  reservedForOthers: () => 'is reserved for others, or its cluster or pod is',
  tagsMissing: ({ tags }, { demand, rules }) =>
    `lacks the tags ${listed(requiredTags(demand, rules).filter((tag) => !tags.includes(tag)))}`,
  apartFromGroup: () => 'does not run the machines that it must be together with',
  togetherWithGroup: () => 'runs a machine that it must be apart from',
  storageNotReached: ({ pools }, { demand }) => {
    const missing = demand.poolIds.filter((id) => !pools.some((pool) => pool.id === id));
    return missing.length === 0
      ? 'does not reach the pools of its disks'
      : `does not reach ${missing.length} of the ${demand.poolIds.length} pools of its disks`;
  },
  storageTagsMissing: ({ pools }, { demand }) => {
    const wanted = demand.newDisks.find(
      ({ storageTags }) => !pools.some(({ tags }) => storageTags.every((tag) => tags.includes(tag))),
    );
    return wanted === undefined || wanted.storageTags.length === 0
      ? 'reaches no pool that takes new disks'
      : `reaches no pool with the tags ${listed(wanted.storageTags)}`;
  },
  tooLittleStorage: storageSentence,
  noFreeAddress: ({ podName }) => `there is no free address in pod ${podName}`,
  tooLittleCpu: ({ cpuMhzTotal, cpuMhzReserved }, { demand }) =>
    `needs ${mhz(demand.cpuMhz)}, ${mhz(Math.max(0, cpuMhzTotal - cpuMhzReserved))} of ${mhz(cpuMhzTotal)} are left`,
  tooLittleMemory: ({ memoryBytesTotal, memoryBytesReserved }, { demand }) => {
    const left = memoryBytesTotal - memoryBytesReserved;
    return `needs ${formatBytes(demand.memoryBytes)}, ${formatBytes(left < 0n ? 0n : left)} of ${formatBytes(memoryBytesTotal)} are left`;
  },
  clusterCpuThreshold: ({ clusterName, clusterCpuPercent, clusterCpuLimit }) =>
    `its cluster ${clusterName} promised ${percent(clusterCpuPercent)} of its processors; above ${clusterCpuLimit} % it gets no new machines`,
  clusterMemoryThreshold: ({ clusterName, clusterMemoryPercent, clusterMemoryLimit }) =>
    `its cluster ${clusterName} promised ${percent(clusterMemoryPercent)} of its memory; above ${clusterMemoryLimit} % it gets no new machines`,
};

/** A reason against a host, for people. */
export function sentenceFor(reason: Reason, facts: HostFactsForVerdict, question: Question): string {
  return sentences[reason](facts, question);
}
