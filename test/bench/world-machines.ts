import type { Database } from '@nephos/model/database.ts';
import type { VirtualMachineState } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { idsOf, insertRows, numbersFrom, stamps } from './world-rows.ts';

/** An account that machines are made for. */
export interface MachineOwner {
  id: Id<'Account'>;
  machines: number;
  /** Before all others, behind all others, or between them. */
  made: 'any' | 'first' | 'last';
}

const hosts = 100;
const gib = 1024 ** 3;
const words =
  'api app auth build cache ci db dns edge etl files git lb mail mq proxy search stage vpn web'.split(' ');

function stateFor(number: number): VirtualMachineState {
  if (number < 0.6) return 'RUNNING';
  if (number < 0.95) return 'STOPPED';
  return number < 0.98 ? 'DESTROYED' : 'ERROR';
}

/** A zone with hosts that are never heard of, and machines on them with a disk and a network card each. */
export async function fillMachines(tx: Database, owners: readonly MachineOwner[]): Promise<void> {
  const place = await fillZone(tx);
  const number = numbersFrom(3);
  const turns = { first: 0, any: 1, last: 2 };
  const planned = owners
    .flatMap(({ id, machines, made }) =>
      Array.from({ length: machines }, (_, index) => ({
        accountId: id,
        name: `${words[Math.floor(number() * words.length)]}-${index + 1}`,
        order: turns[made] + number(),
      })),
    )
    .sort((one, other) => one.order - other.order);
  const ids = idsOf('VirtualMachine', planned.length);
  const machines = planned.map(({ accountId, name }, index) => {
    const state = stateFor(number());
    const isOn = state === 'RUNNING';
    return {
      id: ids[index],
      accountId,
      name,
      state,
      zoneId: place.zoneId,
      serviceOfferingId: place.serviceOfferingId,
      desiredPower: isOn ? 'ON' : 'OFF',
      observedPower: isOn ? 'ON' : null,
      hostId: isOn ? place.hostIds[index % hosts] : null,
      lastHostId: state === 'ERROR' ? null : place.hostIds[index % hosts],
      destroyedAt: state === 'DESTROYED' ? stamps.createdAt : null,
      cpuCount: 1,
      cpuMhz: 500,
      memoryBytes: gib,
      ...stamps,
    };
  });
  await insertRows(tx, 'VirtualMachine', machines);
  const volumeIds = idsOf('Volume', machines.length);
  await insertRows(
    tx,
    'Volume',
    machines.map(({ id, accountId, name, zoneId }, index) => ({
      id: volumeIds[index],
      accountId,
      zoneId,
      poolId: place.poolId,
      virtualMachineId: id,
      kind: 'ROOT',
      name: `${name}-root`,
      sizeBytes: 10 * gib,
      deviceIndex: 0,
      state: 'READY',
      ...stamps,
    })),
  );
  const nicIds = idsOf('Nic', machines.length);
  await insertRows(
    tx,
    'Nic',
    machines.map(({ id, accountId }, index) => ({
      id: nicIds[index],
      accountId,
      virtualMachineId: id,
      networkId: place.networkId,
      ipAddress: `10.1.${index >> 8}.${index & 255}`,
      macAddress: `02:00:00:00:${hex(index >> 8)}:${hex(index & 255)}`,
      deviceIndex: 0,
      isDefault: true,
      ...stamps,
    })),
  );
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');

async function fillZone(tx: Database) {
  const [zoneId, podId, clusterId] = [newId('Zone'), newId('Pod'), newId('Cluster')];
  const [physicalNetworkId, networkId, poolId] = [
    newId('PhysicalNetwork'),
    newId('GuestNetwork'),
    newId('StoragePool'),
  ];
  await insertRows(tx, 'Zone', [
    {
      id: zoneId,
      name: 'world',
      networkModel: 'BASIC',
      dns1: '10.0.0.53',
      internalDns1: '10.0.0.53',
      allocationState: 'DISABLED',
      ...stamps,
    },
  ]);
  await insertRows(tx, 'Pod', [
    {
      id: podId,
      zoneId,
      name: 'pod',
      cidr: '10.0.0.0/16',
      gateway: '10.0.0.1',
      reservedStart: '10.0.0.2',
      reservedEnd: '10.0.0.9',
      ...stamps,
    },
  ]);
  await insertRows(tx, 'Cluster', [
    {
      id: clusterId,
      zoneId,
      podId,
      name: 'cluster',
      hypervisor: 'SIMULATOR',
      cpuOvercommit: 4,
      memoryOvercommit: 1,
      allocationState: 'ENABLED',
      ...stamps,
    },
  ]);
  const hostIds = idsOf('Host', hosts);
  const agentIds = idsOf('Agent', hosts);
  await insertRows(
    tx,
    'Agent',
    agentIds.map((id, index) => ({
      id,
      kind: 'HOST',
      name: `host-${index + 1}`,
      certificateHash: `\\x${index.toString(16).padStart(64, '0')}`,
      certificateUntil: stamps.createdAt,
      softwareVersion: '0',
      ...stamps,
    })),
  );
  await insertRows(
    tx,
    'Host',
    hostIds.map((id, index) => ({
      id,
      zoneId,
      podId,
      clusterId,
      agentId: agentIds[index],
      name: `host-${index + 1}`,
      hypervisor: 'SIMULATOR',
      linkState: 'UP',
      linkStateSince: stamps.createdAt,
      adminState: 'ENABLED',
      cpuCores: 64,
      cpuMhz: 2000,
      memoryBytes: 1024 * gib,
      facts: {},
      ...stamps,
    })),
  );
  await insertRows(tx, 'PhysicalNetwork', [{ id: physicalNetworkId, zoneId, name: 'physical', ...stamps }]);
  await insertRows(tx, 'GuestNetwork', [
    { id: networkId, zoneId, physicalNetworkId, name: 'guests', ...stamps },
  ]);
  await insertRows(tx, 'StoragePool', [
    {
      id: poolId,
      zoneId,
      name: 'pool',
      type: 'SHARED_DIRECTORY',
      scope: 'ZONE',
      path: '/nowhere',
      state: 'UP',
      ...stamps,
    },
  ]);
  const offering = await tx.selectFrom('ServiceOffering').select('id').limit(1).executeTakeFirstOrThrow();
  return { zoneId, hostIds, networkId, poolId, serviceOfferingId: offering.id };
}
