import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { MachineRow } from './store.ts';

/** Pools of a machine's disks. @throws PlatformError INVALID_STATE while one of them is being worked on */
export async function readyPools(tx: Transaction, machine: MachineRow): Promise<Id<'StoragePool'>[]> {
  const volumes = await tx
    .selectFrom('Volume')
    .select(['name', 'state', 'poolId'])
    .where('virtualMachineId', '=', machine.id)
    .execute();
  const busy = volumes.find(({ state }) => state !== 'READY');
  if (busy !== undefined) {
    throw new PlatformError('INVALID_STATE', `disk ${busy.name} is ${busy.state}; wait until it is READY`, {
      details: { volume: busy.name, state: busy.state },
    });
  }
  return [...new Set(volumes.map(({ poolId }) => poolId))];
}

/** The pod that a machine's addresses are of; `null` when it has none. */
export async function podOfAddresses(
  tx: Transaction,
  machineId: Id<'VirtualMachine'>,
): Promise<Id<'Pod'> | null> {
  const range = await tx
    .selectFrom('Nic')
    .innerJoin('GuestIpAddress', 'GuestIpAddress.nicId', 'Nic.id')
    .innerJoin('GuestIpRange', 'GuestIpRange.id', 'GuestIpAddress.rangeId')
    .select('podId')
    .where('virtualMachineId', '=', machineId)
    .executeTakeFirst();
  return range?.podId ?? null;
}

/** The pod of a machine: of its host, of its addresses, or where it ran last. */
export async function podOfMachine(tx: Transaction, machine: MachineRow): Promise<Id<'Pod'>> {
  const ofAddresses = machine.hostId === null ? await podOfAddresses(tx, machine.id) : null;
  if (ofAddresses !== null) return ofAddresses;
  const host = await tx
    .selectFrom('Host')
    .select('podId')
    .where('id', '=', machine.hostId ?? machine.lastHostId)
    .executeTakeFirst();
  if (host !== undefined) return host.podId;
  throw new PlatformError('INVALID_STATE', `${machine.name} was never on a host, and so is in no pod`, {
    details: { id: machine.id },
  });
}
