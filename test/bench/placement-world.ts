import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { sql } from 'kysely';
import { idsOf, insertRows, stamps } from './world-rows.ts';

/** What placing needs to know of a zone. */
export interface PlacementWorld {
  zoneId: Id<'Zone'>;
  networkId: Id<'GuestNetwork'>;
  serviceOfferingId: Id<'ServiceOffering'>;
  accountIds: readonly Id<'Account'>[];
}

const hostsOfCluster = 50;
const hostsOfPod = 1000;
const accounts = 100;
const gib = 1024 ** 3;

/** A zone with many hosts: a pod for a thousand, a cluster with a storage pool for fifty, addresses in every pod. */
export async function fillPlacementWorld(databaseUrl: string, hosts: number): Promise<PlacementWorld> {
  const connection = connectDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'world' });
  try {
    const world = await connection.db.transaction().execute((tx) => fill(tx, hosts));
    await sql`vacuum analyze`.execute(connection.db);
    return world;
  } finally {
    await connection.close();
  }
}

async function fill(tx: Database, hosts: number): Promise<PlacementWorld> {
  const [zoneId, networkId, physicalNetworkId] = [
    newId('Zone'),
    newId('GuestNetwork'),
    newId('PhysicalNetwork'),
  ];
  await insertRows(tx, 'Zone', [
    {
      id: zoneId,
      name: 'world',
      networkModel: 'BASIC',
      dns1: '10.0.0.53',
      internalDns1: '10.0.0.53',
      allocationState: 'ENABLED',
      ...stamps,
    },
  ]);
  await insertRows(tx, 'PhysicalNetwork', [{ id: physicalNetworkId, zoneId, name: 'physical', ...stamps }]);
  await insertRows(tx, 'GuestNetwork', [
    { id: networkId, zoneId, physicalNetworkId, name: 'guests', ...stamps },
  ]);
  const podIds = idsOf('Pod', Math.ceil(hosts / hostsOfPod));
  await insertRows(
    tx,
    'Pod',
    podIds.map((id, index) => ({
      id,
      zoneId,
      name: `pod-${index}`,
      cidr: `10.${index}.0.0/16`,
      gateway: `10.${index}.0.1`,
      reservedStart: `10.${index}.0.2`,
      reservedEnd: `10.${index}.0.9`,
      dedicatedDomainId: null,
      ...stamps,
    })),
  );
  await fillHosts(tx, { zoneId, podIds, hosts });
  await fillAddresses(tx, networkId, podIds);
  const domainId = newId('Domain');
  await tx
    .insertInto('Domain')
    .values({ id: domainId, parentId: null, name: 'ROOT', path: '/', lineage: [domainId] })
    .execute();
  const accountIds = idsOf('Account', accounts);
  await insertRows(
    tx,
    'Account',
    accountIds.map((id, index) => ({
      id,
      domainId,
      roleId: userRoleId,
      name: `account-${index}`,
      state: 'ENABLED',
      isDeleting: false,
      ...stamps,
    })),
  );
  const serviceOfferingId = newId('ServiceOffering');
  await tx
    .insertInto('ServiceOffering')
    .values({
      id: serviceOfferingId,
      name: 'bench',
      displayText: 'bench',
      cpuCount: 1,
      cpuMhz: 1000,
      memoryBytes: BigInt(gib),
    })
    .execute();
  return { zoneId, networkId, serviceOfferingId, accountIds };
}

async function fillHosts(
  tx: Database,
  { zoneId, podIds, hosts }: { zoneId: Id<'Zone'>; podIds: readonly Id<'Pod'>[]; hosts: number },
): Promise<void> {
  const clusters = idsOf('Cluster', Math.ceil(hosts / hostsOfCluster)).map((id, index) => ({
    id,
    zoneId,
    podId: podIds[Math.floor((index * hostsOfCluster) / hostsOfPod)],
    name: `cluster-${index}`,
    hypervisor: 'SIMULATOR',
    cpuOvercommit: 4,
    memoryOvercommit: 1,
    allocationState: 'ENABLED',
    ...stamps,
  }));
  await insertRows(tx, 'Cluster', clusters);
  const agentIds = idsOf('Agent', hosts);
  await insertRows(
    tx,
    'Agent',
    agentIds.map((id, index) => ({
      id,
      kind: 'HOST',
      name: `host-${index}`,
      certificateHash: `\\x${index.toString(16).padStart(64, '0')}`,
      certificateUntil: stamps.createdAt,
      softwareVersion: '0',
      ...stamps,
    })),
  );
  const made = idsOf('Host', hosts).map((id, index) => {
    const cluster = clusters[Math.floor(index / hostsOfCluster)]!;
    return {
      id,
      zoneId,
      podId: cluster.podId,
      clusterId: cluster.id,
      agentId: agentIds[index],
      name: `host-${index}`,
      hypervisor: 'SIMULATOR',
      linkState: 'UP',
      linkStateSince: stamps.createdAt,
      adminState: 'ENABLED',
      cpuCores: 32,
      cpuMhz: 2000,
      memoryBytes: 128 * gib,
      facts: {},
      tags: [],
      ...stamps,
    };
  });
  await insertRows(tx, 'Host', made);
  await insertRows(
    tx,
    'HostCapacity',
    made.map(({ id, clusterId }) => ({
      hostId: id,
      zoneId,
      clusterId,
      cpuMhzTotal: 32 * 2000 * 4,
      cpuMhzReserved: 0,
      memoryBytesTotal: 128 * gib,
      memoryBytesReserved: 0,
      isOpen: true,
      dedicatedTo: [],
    })),
  );
  const poolIds = idsOf('StoragePool', clusters.length);
  await insertRows(
    tx,
    'StoragePool',
    poolIds.map((id, index) => ({
      id,
      zoneId,
      podId: clusters[index]?.podId,
      clusterId: clusters[index]?.id,
      name: `pool-${index}`,
      type: 'SHARED_DIRECTORY',
      scope: 'CLUSTER',
      path: '/nowhere',
      state: 'UP',
      tags: [],
      ...stamps,
    })),
  );
  await insertRows(
    tx,
    'StoragePoolCapacity',
    poolIds.map((poolId) => ({ poolId, totalBytes: 100_000 * gib, usedBytes: 0, allocatedBytes: 0 })),
  );
  await insertRows(
    tx,
    'StoragePoolHost',
    made.map(({ id }, index) => ({ hostId: id, poolId: poolIds[Math.floor(index / hostsOfCluster)] })),
  );
}

/** A thousand for each pod. */
async function fillAddresses(
  tx: Database,
  networkId: Id<'GuestNetwork'>,
  podIds: readonly Id<'Pod'>[],
): Promise<void> {
  const ranges = idsOf('GuestIpRange', podIds.length).map((id, index) => ({
    id,
    networkId,
    podId: podIds[index],
    cidr: `172.${index}.0.0/16`,
    gateway: `172.${index}.0.1`,
    startIp: `172.${index}.1.0`,
    endIp: `172.${index}.4.250`,
    ...stamps,
  }));
  await insertRows(tx, 'GuestIpRange', ranges);
  const addresses = ranges.flatMap(({ id }, index) =>
    Array.from({ length: 1000 }, (_, number) => ({
      rangeId: id,
      address: `172.${index}.${1 + (number >> 8)}.${number & 255}`,
    })),
  );
  await insertRows(tx, 'GuestIpAddress', addresses);
}
