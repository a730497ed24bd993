import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { insertRows, stamps } from '../bench/world-rows.ts';

/** Whom a place is reserved for: by the place of an account or a domain in {@link Cloud}. */
export type Reserved = { account: number } | { domain: number } | null;

/** A small cloud as plain values: what is in it is named by its place in its list. */
export interface Cloud {
  isZoneOpen: boolean;
  pods: { reserved: Reserved; freeAddresses: number }[];
  clusters: { pod: number; isOpen: boolean; reserved: Reserved }[];
  hosts: {
    cluster: number;
    isUp: boolean;
    isEnabled: boolean;
    isSimulator: boolean;
    canTakeRunning: boolean;
    hasUefi: boolean;
    tags: string[];
    reserved: Reserved;
    cpuMhz: number;
    memoryGib: number;
  }[];
  pools: {
    isUp: boolean;
    tags: string[];
    totalGib: number;
    allocatedGib: number;
    usedGib: number;
    overprovisioning: number | null;
    hosts: number[];
  }[];
  groups: { kind: 'HOST_AFFINITY' | 'HOST_ANTI_AFFINITY'; enforcement: 'HARD' | 'SOFT' }[];
  machines: {
    account: number;
    host: number | null;
    target: number | null;
    cpuMhz: number;
    memoryGib: number;
    groups: number[];
  }[];
}

/** Domains of every cloud, each below the one before, and the accounts, one in each. */
export const domainNames = ['ROOT', 'customer', 'department'];
export const gib = 1024n ** 3n;

/** Ids of what was written. */
export interface WrittenCloud {
  zoneId: Id<'Zone'>;
  networkId: Id<'GuestNetwork'>;
  serviceOfferingId: Id<'ServiceOffering'>;
  domainIds: Id<'Domain'>[];
  accountIds: Id<'Account'>[];
  podIds: Id<'Pod'>[];
  clusterIds: Id<'Cluster'>[];
  hostIds: Id<'Host'>[];
  poolIds: Id<'StoragePool'>[];
  groupIds: Id<'AffinityGroup'>[];
  machineIds: Id<'VirtualMachine'>[];
}

let written = 0;

/** Writes a cloud as a zone of its own, with owners of its own. */
export async function writeCloud(db: Database, cloud: Cloud): Promise<WrittenCloud> {
  return db.transaction().execute((tx) => write(tx, cloud, ++written));
}

async function write(tx: Database, cloud: Cloud, number: number): Promise<WrittenCloud> {
  const domainIds = domainNames.map(() => newId('Domain'));
  const path = (level: number) => `/${domainNames.slice(1, level + 1).join('/')}`;
  const root = await tx.selectFrom('Domain').select('id').where('parentId', 'is', null).executeTakeFirst();
  if (root !== undefined) domainIds[0] = root.id;
  await insertRows(
    tx,
    'Domain',
    domainIds
      .map((id, level) => ({
        id,
        parentId: domainIds[level - 1] ?? null,
        name: level === 0 ? 'ROOT' : `${domainNames[level]}-${number}`,
        path: level === 0 ? '/' : `${path(level)}-${number}`,
        lineage: domainIds.slice(0, level + 1),
        ...stamps,
      }))
      .filter(({ parentId }) => root === undefined || parentId !== null),
  );
  const accountIds = domainIds.map(() => newId('Account'));
  await insertRows(
    tx,
    'Account',
    accountIds.map((id, index) => ({
      id,
      domainId: domainIds[index],
      roleId: userRoleId,
      name: `account-${number}-${index}`,
      state: 'ENABLED',
      isDeleting: false,
      ...stamps,
    })),
  );
  const reservedFor = (reserved: Reserved) => ({
    dedicatedDomainId: reserved !== null && 'domain' in reserved ? domainIds[reserved.domain] : null,
    dedicatedAccountId: reserved !== null && 'account' in reserved ? accountIds[reserved.account] : null,
  });
  const zoneId = newId('Zone');
  await insertRows(tx, 'Zone', [
    {
      id: zoneId,
      name: `zone-${number}`,
      networkModel: 'BASIC',
      dns1: '10.0.0.53',
      internalDns1: '10.0.0.53',
      allocationState: cloud.isZoneOpen ? 'ENABLED' : 'DISABLED',
      ...stamps,
    },
  ]);
  const podIds = cloud.pods.map(() => newId('Pod'));
  await insertRows(
    tx,
    'Pod',
    cloud.pods.map(({ reserved }, index) => ({
      id: podIds[index],
      zoneId,
      name: `pod-${index}`,
      cidr: `10.${index}.0.0/16`,
      gateway: `10.${index}.0.1`,
      reservedStart: `10.${index}.0.2`,
      reservedEnd: `10.${index}.0.9`,
      ...reservedFor(reserved),
      ...stamps,
    })),
  );
  const clusterIds = cloud.clusters.map(() => newId('Cluster'));
  await insertRows(
    tx,
    'Cluster',
    cloud.clusters.map(({ pod, isOpen, reserved }, index) => ({
      id: clusterIds[index],
      zoneId,
      podId: podIds[pod],
      name: `cluster-${index}`,
      hypervisor: 'SIMULATOR',
      cpuOvercommit: 1,
      memoryOvercommit: 1,
      allocationState: isOpen ? 'ENABLED' : 'DISABLED',
      ...reservedFor(reserved),
      ...stamps,
    })),
  );
  const hostIds = await writeHosts(tx, cloud, { zoneId, podIds, clusterIds, reservedFor });
  const networkId = await writeNetwork(tx, cloud, zoneId, podIds);
  const poolIds = await writePools(tx, cloud, zoneId, hostIds);
  const serviceOfferingId = newId('ServiceOffering');
  await insertRows(tx, 'ServiceOffering', [
    {
      id: serviceOfferingId,
      name: `offering-${number}`,
      displayText: 'offering',
      cpuCount: 1,
      cpuMhz: 1000,
      memoryBytes: Number(gib),
      isScalableLive: false,
      hostTags: [],
      storageTags: [],
      domainIds: [],
      zoneIds: [],
      ...stamps,
    },
  ]);
  const groupIds = cloud.groups.map(() => newId('AffinityGroup'));
  if (groupIds.length > 0) {
    await insertRows(
      tx,
      'AffinityGroup',
      cloud.groups.map((group, index) => ({
        id: groupIds[index],
        accountId: accountIds[0],
        name: `group-${index}`,
        description: '',
        ...group,
        ...stamps,
      })),
    );
  }
  const ids = { zoneId, networkId, serviceOfferingId, domainIds, accountIds, podIds, clusterIds, hostIds };
  const machineIds: Id<'VirtualMachine'>[] = [];
  for (const machine of cloud.machines) {
    machineIds.push(
      await writeMachine(tx, { ...ids, groupIds }, { ...machine, ...machineAt(hostIds, machine) }),
    );
  }
  return { ...ids, poolIds, groupIds, machineIds };
}

const machineAt = (hostIds: readonly Id<'Host'>[], { host, target }: Cloud['machines'][number]) => ({
  hostId: host === null ? null : hostIds[host]!,
  targetHostId: target === null ? null : hostIds[target]!,
});

/** A machine's row with its groups; what it needs of hosts is reserved elsewhere. */
export async function writeMachine(
  tx: Database,
  ids: Pick<WrittenCloud, 'zoneId' | 'serviceOfferingId' | 'accountIds' | 'groupIds'>,
  machine: {
    account: number;
    hostId: Id<'Host'> | null;
    targetHostId: Id<'Host'> | null;
    cpuMhz: number;
    memoryGib: number;
    groups: readonly number[];
  },
): Promise<Id<'VirtualMachine'>> {
  const id = newId('VirtualMachine');
  const { account, hostId, targetHostId, cpuMhz, memoryGib, groups } = machine;
  await tx
    .insertInto('VirtualMachine')
    .values({
      id,
      accountId: ids.accountIds[account]!,
      zoneId: ids.zoneId,
      name: id,
      state: hostId === null ? 'STOPPED' : targetHostId === null ? 'RUNNING' : 'MIGRATING',
      desiredPower: hostId === null ? 'OFF' : 'ON',
      serviceOfferingId: ids.serviceOfferingId,
      hostId,
      targetHostId,
      cpuCount: 1,
      cpuMhz,
      memoryBytes: BigInt(memoryGib) * gib,
    })
    .execute();
  for (const group of groups) {
    await tx
      .insertInto('AffinityGroupMember')
      .values({ affinityGroupId: ids.groupIds[group]!, virtualMachineId: id })
      .execute();
  }
  return id;
}

async function writeHosts(
  tx: Database,
  cloud: Cloud,
  ids: {
    zoneId: Id<'Zone'>;
    podIds: readonly Id<'Pod'>[];
    clusterIds: readonly Id<'Cluster'>[];
    reservedFor(reserved: Reserved): object;
  },
): Promise<Id<'Host'>[]> {
  const hostIds = cloud.hosts.map(() => newId('Host')).sort();
  const agentIds = cloud.hosts.map(() => newId('Agent'));
  await insertRows(
    tx,
    'Agent',
    agentIds.map((id) => ({
      id,
      kind: 'HOST',
      name: id,
      certificateHash: `\\x${Buffer.from(id).toString('hex')}`,
      certificateUntil: stamps.createdAt,
      softwareVersion: '0',
      ...stamps,
    })),
  );
  await insertRows(
    tx,
    'Host',
    cloud.hosts.map((host, index) => ({
      id: hostIds[index],
      zoneId: ids.zoneId,
      podId: ids.podIds[cloud.clusters[host.cluster]!.pod],
      clusterId: ids.clusterIds[host.cluster],
      agentId: agentIds[index],
      name: `host-${index}`,
      hypervisor: host.isSimulator ? 'SIMULATOR' : 'KVM',
      linkState: host.isUp ? 'UP' : 'DISCONNECTED',
      linkStateSince: stamps.createdAt,
      adminState: host.isEnabled ? 'ENABLED' : 'DISABLED',
      cpuCores: 1,
      cpuMhz: host.cpuMhz,
      memoryBytes: host.memoryGib * Number(gib),
      facts: { capabilities: { liveMigration: host.canTakeRunning, uefi: host.hasUefi } },
      tags: host.tags,
      ...ids.reservedFor(host.reserved),
      ...stamps,
    })),
  );
  const held = (index: number, of: 'cpuMhz' | 'memoryGib') =>
    cloud.machines
      .filter(({ host, target }) => host === index || target === index)
      .reduce((sum, machine) => sum + machine[of], 0);
  await insertRows(
    tx,
    'HostCapacity',
    cloud.hosts.map((host, index) => ({
      hostId: hostIds[index],
      zoneId: ids.zoneId,
      clusterId: ids.clusterIds[host.cluster],
      cpuMhzTotal: host.cpuMhz,
      cpuMhzReserved: held(index, 'cpuMhz'),
      memoryBytesTotal: host.memoryGib * Number(gib),
      memoryBytesReserved: held(index, 'memoryGib') * Number(gib),
      // As the triggers find it out.
      isOpen: false,
      dedicatedTo: [],
    })),
  );
  return hostIds;
}

async function writeNetwork(
  tx: Database,
  { pods }: Cloud,
  zoneId: Id<'Zone'>,
  podIds: readonly Id<'Pod'>[],
): Promise<Id<'GuestNetwork'>> {
  const [physicalNetworkId, networkId] = [newId('PhysicalNetwork'), newId('GuestNetwork')];
  await insertRows(tx, 'PhysicalNetwork', [{ id: physicalNetworkId, zoneId, name: 'physical', ...stamps }]);
  await insertRows(tx, 'GuestNetwork', [
    { id: networkId, zoneId, physicalNetworkId, name: 'guests', ...stamps },
  ]);
  for (const [index, { freeAddresses }] of pods.entries()) {
    const rangeId = newId('GuestIpRange');
    await insertRows(tx, 'GuestIpRange', [
      {
        id: rangeId,
        networkId,
        podId: podIds[index],
        cidr: `172.${index}.0.0/24`,
        gateway: `172.${index}.0.1`,
        startIp: `172.${index}.0.2`,
        endIp: `172.${index}.0.250`,
        ...stamps,
      },
    ]);
    for (let number = 0; number < freeAddresses; number++)
      await insertRows(tx, 'GuestIpAddress', [
        { rangeId, address: `172.${index}.0.${2 + number}`, releasedAt: stamps.createdAt },
      ]);
  }
  return networkId;
}

async function writePools(
  tx: Database,
  { pools }: Cloud,
  zoneId: Id<'Zone'>,
  hostIds: readonly Id<'Host'>[],
): Promise<Id<'StoragePool'>[]> {
  const poolIds = pools.map(() => newId('StoragePool'));
  for (const [index, pool] of pools.entries()) {
    const poolId = poolIds[index]!;
    await insertRows(tx, 'StoragePool', [
      {
        id: poolId,
        zoneId,
        name: `pool-${index}`,
        type: 'SHARED_DIRECTORY',
        scope: 'ZONE',
        path: `/pool-${index}`,
        state: pool.isUp ? 'UP' : 'DISABLED',
        tags: pool.tags,
        overprovisioning: pool.overprovisioning,
        ...stamps,
      },
    ]);
    await insertRows(tx, 'StoragePoolCapacity', [
      {
        poolId,
        totalBytes: pool.totalGib * Number(gib),
        allocatedBytes: pool.allocatedGib * Number(gib),
        usedBytes: pool.usedGib * Number(gib),
      },
    ]);
    if (pool.hosts.length > 0)
      await insertRows(
        tx,
        'StoragePoolHost',
        pool.hosts.map((host) => ({ poolId, hostId: hostIds[host] })),
      );
  }
  return poolIds;
}
