import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Cloud, Reserved, WrittenCloud } from './placement-cloud.ts';
import { gib } from './placement-cloud.ts';
import type { Rules } from './placement-oracle.ts';
import type { AskedTags } from './placement-traffic.ts';

/** Everything that must never be, as one moment of the database shows it; nothing when all is well. */
export function findBroken(
  db: Database,
  facts: { cloud: Cloud; ids: WrittenCloud; rules: Rules; askedTags: AskedTags },
): Promise<string[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => [
      ...(await hosts(tx, facts)),
      ...(await pools(tx, facts)),
      ...(await groups(tx, facts)),
    ]);
}

type Facts = Parameters<typeof findBroken>[1];

const machinesOf = (tx: Transaction, { ids }: Facts) =>
  tx.selectFrom('VirtualMachine').selectAll().where('zoneId', '=', ids.zoneId).execute();

async function hosts(tx: Transaction, facts: Facts): Promise<string[]> {
  const { cloud, ids, askedTags } = facts;
  const machines = await machinesOf(tx, facts);
  const capacities = await tx
    .selectFrom('HostCapacity')
    .selectAll()
    .where('zoneId', '=', ids.zoneId)
    .execute();
  return capacities.flatMap(({ hostId, ...capacity }) => {
    const index = ids.hostIds.indexOf(hostId);
    const { tags } = cloud.hosts[index]!;
    const there = machines.filter((machine) => machine.hostId === hostId || machine.targetHostId === hostId);
    const cpuMhz = there.reduce((total, machine) => total + machine.cpuMhz, 0);
    const memory = there.reduce((total, { memoryBytes }) => total + memoryBytes, 0n);
    return [
      ...(cpuMhz === capacity.cpuMhzReserved
        ? []
        : [`host ${index}: ${cpuMhz} MHz, counted ${capacity.cpuMhzReserved}`]),
      ...(memory === capacity.memoryBytesReserved ? [] : [`host ${index}: memory is counted wrongly`]),
      ...(cpuMhz <= capacity.cpuMhzTotal ? [] : [`host ${index}: processors are sold twice`]),
      ...(memory <= capacity.memoryBytesTotal ? [] : [`host ${index}: memory is sold twice`]),
      ...there
        .filter(({ id }) => askedTags.get(id)?.some((tag) => !tags.includes(tag)))
        .map(({ id }) => `host ${index}: lacks tags of ${id}`),
      ...there
        .filter(({ accountId }) => !isOpenTo(cloud, index, ids.accountIds.indexOf(accountId)))
        .map(({ id }) => `host ${index}: is reserved for others than the owner of ${id}`),
    ];
  });
}

function isOpenTo(cloud: Cloud, host: number, account: number): boolean {
  const { cluster, reserved } = cloud.hosts[host]!;
  const { pod, reserved: ofCluster } = cloud.clusters[cluster]!;
  const isFor = (place: Reserved) =>
    place === null || ('account' in place ? place.account === account : place.domain <= account);
  return isFor(reserved) && isFor(ofCluster) && isFor(cloud.pods[pod]!.reserved);
}

async function pools(tx: Transaction, { cloud, ids, rules }: Facts): Promise<string[]> {
  const capacities = await tx
    .selectFrom('StoragePoolCapacity')
    .selectAll()
    .where('poolId', 'in', ids.poolIds)
    .execute();
  const volumes = await tx.selectFrom('Volume').selectAll().where('zoneId', '=', ids.zoneId).execute();
  return capacities.flatMap(({ poolId, allocatedBytes, totalBytes }) => {
    const pool = cloud.pools[ids.poolIds.indexOf(poolId)]!;
    const before = BigInt(pool.allocatedGib) * gib;
    const sum = volumes
      .filter((volume) => volume.poolId === poolId)
      .reduce((total, { sizeBytes }) => total + sizeBytes, before);
    const most = Number(totalBytes) * (pool.overprovisioning ?? rules.storageOverprovisioning);
    return [
      ...(sum === allocatedBytes ? [] : [`${poolId}: space is counted wrongly`]),
      ...(sum === before || Number(sum) <= most ? [] : [`${poolId}: space is sold twice`]),
    ];
  });
}

async function groups(tx: Transaction, facts: Facts): Promise<string[]> {
  const { cloud, ids } = facts;
  const machines = await machinesOf(tx, facts);
  const members = await tx
    .selectFrom('AffinityGroupMember')
    .selectAll()
    .where('affinityGroupId', 'in', ids.groupIds)
    .execute();
  return cloud.groups.flatMap(({ kind, enforcement }, index) => {
    if (enforcement === 'SOFT') return [];
    const inGroup = members.filter(({ affinityGroupId }) => affinityGroupId === ids.groupIds[index]);
    const placed = machines.filter(
      ({ id, hostId }) => hostId !== null && inGroup.some(({ virtualMachineId }) => virtualMachineId === id),
    );
    const places = placed
      .flatMap(({ hostId, targetHostId }) => [hostId, targetHostId])
      .filter((id) => id !== null);
    const isRight =
      kind === 'HOST_ANTI_AFFINITY'
        ? new Set(places).size === places.length
        : placed.length < 2 || new Set(places).size === 1;
    return isRight ? [] : [`group ${index}: ${kind} is broken`];
  });
}
