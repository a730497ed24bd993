import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { takeAddress, takeThisAddress } from '../../network/address/store.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';

export interface ImportedNicInput {
  macAddress: string;
  networkId?: Id<'GuestNetwork'> | null | undefined;
  ipAddress?: string | null | undefined;
}

interface Network {
  id: Id<'GuestNetwork'>;
  name: string;
  bridge: string;
}

type Place = Pick<Row<'Host'>, 'zoneId' | 'podId'>;

/**
 * Puts each card of a foreign machine into a network on the bridge that it is on, and takes an address for it.
 * @returns rows without what they have of the machine
 * @throws PlatformError VALIDATION_FAILED for a card that fits nowhere, INSUFFICIENT_CAPACITY without a free address
 */
export async function importedNics(
  tx: Transaction,
  machine: Row<'ForeignMachine'>,
  host: Place,
  inputs: readonly ImportedNicInput[],
) {
  const unknown = inputs.findIndex((input) =>
    machine.nics.every((nic) => nic.macAddress !== input.macAddress),
  );
  if (unknown !== -1)
    throw invalid(
      `input.nics.${unknown}.macAddress`,
      inputs[unknown]?.macAddress,
      `must be that of a card of ${machine.name}`,
    );
  const networks = await networksOf(tx, host.zoneId);
  const taken = new Set<string>();
  const nics = [];
  for (const [deviceIndex, { macAddress, bridge }] of machine.nics.entries()) {
    const index = inputs.findIndex((input) => input.macAddress === macAddress);
    const path = index === -1 ? 'input.nics' : `input.nics.${index}`;
    const input = inputs[index];
    const network = networks.find(
      ({ id, bridge: its }) => its === bridge && !taken.has(id) && (input?.networkId ?? id) === id,
    );
    if (network === undefined) {
      const which = input?.networkId == null ? 'a network of the zone' : 'that network';
      throw invalid(
        `${path}.networkId`,
        input?.networkId ?? null,
        `card ${macAddress} is on bridge ${bridge}: ${which} must be on it too, and have no other card of the machine`,
      );
    }
    taken.add(network.id);
    const nicId = newId('Nic');
    const place = { networkId: network.id, podId: host.podId, nicId };
    const ipAddress = await addressIn(tx, place, network, { path, ipAddress: input?.ipAddress });
    const isDefault = deviceIndex === 0;
    nics.push({ id: nicId, networkId: network.id, ipAddress, macAddress, deviceIndex, isDefault });
  }
  return nics;
}

/** A zone's guest networks with the bridges that carry them, the oldest first. */
function networksOf(tx: Transaction, zoneId: Id<'Zone'>): Promise<Network[]> {
  return tx
    .selectFrom('GuestNetwork')
    .innerJoin(
      'PhysicalNetworkTraffic',
      'PhysicalNetworkTraffic.physicalNetworkId',
      'GuestNetwork.physicalNetworkId',
    )
    .select(['GuestNetwork.id', 'GuestNetwork.name', 'label as bridge'])
    .where('zoneId', '=', zoneId)
    .where('trafficType', '=', 'GUEST')
    .orderBy('GuestNetwork.id')
    .execute();
}

async function addressIn(
  tx: Transaction,
  place: { networkId: Id<'GuestNetwork'>; podId: Id<'Pod'>; nicId: Id<'Nic'> },
  { name }: Network,
  { path, ipAddress }: { path: string; ipAddress: string | null | undefined },
): Promise<string> {
  if (ipAddress != null) {
    if (await takeThisAddress(tx, { ...place, address: ipAddress })) return ipAddress;
    throw invalid(
      `${path}.ipAddress`,
      ipAddress,
      `must be a free guest address of network ${name} in the host’s pod`,
    );
  }
  const taken = await takeAddress(tx, place);
  if (taken !== undefined) return taken.address;
  throw new PlatformError('INSUFFICIENT_CAPACITY', `network ${name} has no free address in the host’s pod`, {
    details: { networkId: place.networkId, podId: place.podId },
    remedy: 'add another guest address range',
  });
}
