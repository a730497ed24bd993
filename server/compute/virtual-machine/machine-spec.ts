import { machineSpec, type MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id, ImageId } from '@nephos/model/kernel/ids.ts';
import type { z } from 'zod';
import { PlatformError } from '../../platform/errors.ts';
import { headroomFrom } from './scale/headroom.ts';
import { seedOf } from './seed/guest-seed.ts';
import type { MachineRow } from './store.ts';

/** A machine's specification as it is written into a job and sent to a host. */
export type MachineSpecText = z.input<typeof machineSpec>;

export const encodeSpec = (spec: MachineSpec): MachineSpecText => machineSpec.encode(spec);
export const decodeSpec = (text: MachineSpecText): MachineSpec => machineSpec.decode(text);

type NetworkSpec = MachineSpec['nics'][number]['network'];

/** What a host needs to know of a guest network, but for the range that an address is of. */
export type NetworkFacts = Omit<NetworkSpec, 'cidr' | 'gateway'>;

/** The guest network that machines of a BASIC zone are plugged into: its first. @throws PlatformError INVALID_STATE */
export async function firstGuestNetwork(
  db: Database | Transaction,
  zoneId: Id<'Zone'>,
): Promise<NetworkFacts> {
  const found = await db
    .selectFrom('GuestNetwork')
    .innerJoin('Zone', 'Zone.id', 'GuestNetwork.zoneId')
    .innerJoin(
      'PhysicalNetworkTraffic',
      'PhysicalNetworkTraffic.physicalNetworkId',
      'GuestNetwork.physicalNetworkId',
    )
    .select(['GuestNetwork.id', 'label', 'dns1', 'dns2', 'networkDomain'])
    .where('GuestNetwork.zoneId', '=', zoneId)
    .where('trafficType', '=', 'GUEST')
    .orderBy('GuestNetwork.id')
    .executeTakeFirst();
  if (found === undefined)
    throw new PlatformError('INVALID_STATE', 'the zone has no guest network yet', { details: { zoneId } });
  return { networkId: found.id, ...factsOf(found) };
}

function factsOf({
  label,
  dns1,
  dns2,
  networkDomain,
}: {
  label: string;
  dns1: string;
  dns2: string | null;
  networkDomain: string | null;
}): Omit<NetworkFacts, 'networkId'> {
  return { bridge: label, dns: [dns1, ...(dns2 === null ? [] : [dns2])], domain: networkDomain };
}

/** What a host needs to know of the guest network that guests of a pod are plugged into. */
export async function guestNetworkSpec(
  db: Database | Transaction,
  networkId: Id<'GuestNetwork'>,
  podId: Id<'Pod'>,
  address: string,
): Promise<NetworkSpec> {
  const found = await db
    .selectFrom('GuestNetwork')
    .innerJoin('Zone', 'Zone.id', 'GuestNetwork.zoneId')
    .innerJoin('GuestIpRange', 'GuestIpRange.networkId', 'GuestNetwork.id')
    .innerJoin('GuestIpAddress', 'GuestIpAddress.rangeId', 'GuestIpRange.id')
    .innerJoin(
      'PhysicalNetworkTraffic',
      'PhysicalNetworkTraffic.physicalNetworkId',
      'GuestNetwork.physicalNetworkId',
    )
    .select(['cidr', 'gateway', 'label', 'dns1', 'dns2', 'networkDomain'])
    .where('GuestNetwork.id', '=', networkId)
    .where('GuestIpRange.podId', '=', podId)
    .where('GuestIpAddress.address', '=', address)
    .where('trafficType', '=', 'GUEST')
    .executeTakeFirst();
  if (found === undefined) {
    throw new PlatformError(
      'INSUFFICIENT_CAPACITY',
      `address ${address} is of no range of network ${networkId} in pod ${podId}`,
    );
  }
  return { networkId, cidr: found.cidr, gateway: found.gateway, ...factsOf(found) };
}

export interface ImageFile {
  path: string;
  /** Size of the disk as a guest sees it. */
  virtualSizeBytes: bigint;
}

/**
 * An image's file in a zone's image store. The image stays locked against deletion until the transaction ends, so
 * that whatever is made of it is seen by who deletes it.
 * @throws PlatformError INVALID_STATE while it is not ready there
 */
export async function imageFile(
  tx: Transaction,
  imageId: ImageId,
  zoneId: Id<'Zone'>,
  { isHeld }: { isHeld: boolean } = { isHeld: true },
): Promise<ImageFile> {
  const replica = await tx
    .selectFrom('Image')
    .innerJoin('ImageReplica', 'ImageReplica.imageId', 'Image.id')
    .innerJoin('ImageStore', 'ImageStore.id', 'ImageReplica.imageStoreId')
    .select(['ImageStore.path as folder', 'ImageReplica.path as file', 'virtualSizeBytes'])
    .where('Image.id', '=', imageId)
    .where('Image.removedAt', 'is', null)
    .where('ImageReplica.zoneId', '=', zoneId)
    .where('ImageReplica.state', '=', 'READY')
    .$if(isHeld, (query) => query.forShare(['Image']))
    .executeTakeFirst();
  if (replica === undefined) {
    throw new PlatformError('INVALID_STATE', `image ${imageId} is not ready in this zone`, {
      details: { imageId, zoneId },
    });
  }
  return { path: `${replica.folder}/${replica.file}`, virtualSizeBytes: replica.virtualSizeBytes };
}

/** The specification of a machine that has all its disks and addresses, for a host of a pod. */
export async function specOf(tx: Transaction, machine: MachineRow, podId: Id<'Pod'>): Promise<MachineSpec> {
  const volumes = await tx
    .selectFrom('Volume')
    .innerJoin('StoragePool', 'StoragePool.id', 'Volume.poolId')
    .select(['Volume.id as volumeId', 'deviceIndex', 'poolId', 'StoragePool.path'])
    .where('virtualMachineId', '=', machine.id)
    .orderBy('deviceIndex')
    .execute();
  const nics = await tx
    .selectFrom('Nic')
    .selectAll()
    .where('virtualMachineId', '=', machine.id)
    .orderBy('deviceIndex')
    .execute();
  const plugged = [];
  for (const { id, macAddress, ipAddress, isDefault, networkId } of nics) {
    if (ipAddress === null) continue;
    const network = await guestNetworkSpec(tx, networkId, podId, ipAddress);
    plugged.push({ nicId: id, macAddress, ipAddress, isDefault, network });
  }
  return {
    machineId: machine.id,
    name: machine.name,
    cpuCount: machine.cpuCount,
    memoryBytes: machine.memoryBytes,
    headroom: headroomFrom(machine),
    bootMode: machine.bootMode,
    disks: volumes.map(({ volumeId, deviceIndex, poolId, path }) => ({
      volumeId,
      deviceIndex: deviceIndex ?? 0,
      pool: { poolId, path },
    })),
    isoPath: machine.isoId === null ? null : (await imageFile(tx, machine.isoId, machine.zoneId)).path,
    startsFromIso: false,
    nics: plugged,
    seed: seedOf(machine),
  };
}
