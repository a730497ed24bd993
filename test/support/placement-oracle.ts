import type { Reason } from '@nephos/server/compute/placement/conditions.ts';
import type { PlacementRules } from '@nephos/server/compute/placement/rules.ts';
import type { Cloud, Reserved } from './placement-cloud.ts';

/** What a machine asks for, by places in a {@link Cloud}. */
export interface Wish {
  account: number;
  cpuMhz: number;
  memoryGib: number;
  hostTags: string[];
  strategy: 'FIRST_FIT' | 'DISPERSING' | 'CONCENTRATING' | 'LEAST_CONSUMED' | 'RANDOM';
  pools: number[];
  newDisks: { gib: number; tags: string[] }[];
  needsAddress: boolean;
  pod: number | null;
  preferred: number | null;
  lastHost: number | null;
  groups: number[];
  target: number | null;
  cluster: number | null;
  excluded: number[];
  isLive: boolean;
  isUefi: boolean;
  isNew: boolean;
}

/** Percentages and factors, as whole numbers and doubles alike. */
export type Rules = PlacementRules;

const has = (tags: readonly string[], wanted: readonly string[]) => wanted.every((tag) => tags.includes(tag));
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** Whether what is reserved is for an account: it is its own, or of its domain or one above. */
function isFor(reserved: Reserved, account: number): boolean {
  if (reserved === null) return true;
  return 'account' in reserved ? reserved.account === account : reserved.domain <= account;
}

const promised = (cloud: Cloud, host: number, of: 'cpuMhz' | 'memoryGib') =>
  sum(
    cloud.machines
      .filter((machine) => machine.host === host || machine.target === host)
      .map((machine) => machine[of]),
  );

/** Hosts of the members of groups of a kind, those that they are moving to included. */
function hostsOfGroups(cloud: Cloud, wish: Wish, kind: string, enforcement: string): number[] {
  const meant = wish.groups.filter(
    (group) => cloud.groups[group]!.kind === kind && cloud.groups[group]!.enforcement === enforcement,
  );
  return cloud.machines
    .filter(({ groups }) => groups.some((group) => meant.includes(group)))
    .flatMap(({ host, target }) => [host, target])
    .filter((host) => host !== null);
}

function isAbove(cloud: Cloud, cluster: number, of: 'cpuMhz' | 'memoryGib', threshold: number): boolean {
  const hosts = cloud.hosts.flatMap((host, index) => (host.cluster === cluster ? [index] : []));
  const reserved = sum(hosts.map((host) => promised(cloud, host, of)));
  return reserved * 100 > sum(hosts.map((host) => cloud.hosts[host]![of])) * threshold;
}

/** All that stands in the way of a machine on a host: written down once more, without any SQL. */
export function expectedReasons(cloud: Cloud, wish: Wish, rules: Rules, index: number): Reason[] {
  const host = cloud.hosts[index]!;
  const cluster = cloud.clusters[host.cluster]!;
  const pod = cloud.pods[cluster.pod]!;
  const tags = wish.hostTags.filter((tag) => wish.target === null || rules.strictTags.includes(tag));
  const together = hostsOfGroups(cloud, wish, 'HOST_AFFINITY', 'HARD');
  const reached = cloud.pools.filter(({ isUp, hosts }) => isUp && hosts.includes(index));
  const newGib = sum(wish.newDisks.map((disk) => disk.gib));
  const hasRoom = (pool: Cloud['pools'][number]) =>
    pool.allocatedGib + newGib <= pool.totalGib * (pool.overprovisioning ?? rules.storageOverprovisioning) &&
    pool.usedGib * 100 <= pool.totalGib * rules.storageThreshold;
  const lacksRoom = ({ tags: wanted }: { tags: string[] }) => {
    const fitting = reached.filter((pool) => has(pool.tags, wanted));
    return fitting.length > 0 && !fitting.some(hasRoom);
  };
  const found: Record<Reason, boolean> = {
    hostNotUp: !host.isUp,
    hostNotEnabled: !host.isEnabled,
    clusterNotEnabled: !cluster.isOpen,
    zoneNotEnabled: wish.isNew && !cloud.isZoneOpen,
    otherHost: wish.target !== null && wish.target !== index,
    excludedHost: wish.excluded.includes(index),
    otherCluster: wish.cluster !== null && wish.cluster !== host.cluster,
    otherPod: wish.pod !== null && wish.pod !== cluster.pod,
    otherHypervisor: wish.lastHost !== null && cloud.hosts[wish.lastHost]!.isSimulator !== host.isSimulator,
    noLiveMigration: wish.isLive && !host.canTakeRunning,
    noUefi: wish.isUefi && !host.hasUefi,
    reservedForOthers: ![host.reserved, cluster.reserved, pod.reserved].every((reserved) =>
      isFor(reserved, wish.account),
    ),
    tagsMissing: !has(host.tags, tags),
    apartFromGroup: together.some((other) => other !== index),
    togetherWithGroup: hostsOfGroups(cloud, wish, 'HOST_ANTI_AFFINITY', 'HARD').includes(index),
    storageNotReached: !wish.pools.every((pool) => cloud.pools[pool]!.hosts.includes(index)),
    storageTagsMissing: wish.newDisks.some((disk) => !reached.some((pool) => has(pool.tags, disk.tags))),
    tooLittleStorage: wish.newDisks.some(lacksRoom),
    noFreeAddress: wish.needsAddress && pod.freeAddresses === 0,
    tooLittleCpu: promised(cloud, index, 'cpuMhz') + wish.cpuMhz > host.cpuMhz,
    tooLittleMemory: promised(cloud, index, 'memoryGib') + wish.memoryGib > host.memoryGib,
    clusterCpuThreshold:
      wish.cluster === null && isAbove(cloud, host.cluster, 'cpuMhz', rules.clusterCpuThreshold),
    clusterMemoryThreshold:
      wish.cluster === null && isAbove(cloud, host.cluster, 'memoryGib', rules.clusterMemoryThreshold),
  };
  return (Object.keys(found) as Reason[]).filter((reason) => found[reason]).sort();
}

/** What a host that fits is ordered by: the smaller comes first. */
export function expectedOrder(cloud: Cloud, wish: Wish, index: number): number[] {
  const host = cloud.hosts[index]!;
  const cluster = cloud.clusters[host.cluster]!;
  const own = cloud.machines.filter(
    (machine) => machine.account === wish.account && machine.host === index,
  ).length;
  const share = Math.max(
    promised(cloud, index, 'cpuMhz') / Math.max(1, host.cpuMhz),
    promised(cloud, index, 'memoryGib') / Math.max(1, host.memoryGib),
  );
  const soft =
    Number(hostsOfGroups(cloud, wish, 'HOST_AFFINITY', 'SOFT').includes(index)) -
    Number(hostsOfGroups(cloud, wish, 'HOST_ANTI_AFFINITY', 'SOFT').includes(index));
  const isReserved = [host.reserved, cluster.reserved, cloud.pods[cluster.pod]!.reserved].some(Boolean);
  const byStrategy = {
    FIRST_FIT: [index],
    DISPERSING: [own, share, index],
    CONCENTRATING: [-own, index],
    LEAST_CONSUMED: [share, index],
    RANDOM: [],
  };
  return [-Number(wish.preferred === index), -soft, -Number(isReserved), ...byStrategy[wish.strategy]];
}
