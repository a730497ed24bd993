import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import { wrongState, type HostRow } from './admin-moves.ts';
import { nextAdminState } from './host-state.ts';
import { machinesOn, waitForReservations } from './host-machines.ts';

/** What the removal of a host asks of machines. */
export interface HostsMachines {
  /** Believes that a machine is off, without its host having said so. @returns whether its state allowed that */
  declareOff(tx: Transaction, id: Id<'VirtualMachine'>, at: Date): Promise<boolean>;
}

const mostNamed = 5;

/**
 * What stands in the way of removing a host.
 * @throws PlatformError INVALID_STATE, RESOURCE_IN_USE
 */
export async function assertRemovable(
  tx: Transaction,
  host: HostRow,
  { isSurelyOff }: { isSurelyOff: boolean },
): Promise<void> {
  if (nextAdminState(host.adminState, 'delete') === undefined) throw wrongState(host, 'delete');
  const machines = await machinesOn(tx, host.id);
  if (machines.length > 0 && !isSurelyOff) {
    const names = machines.slice(0, mostNamed).map(({ name, state }) => `${name} is ${state}`);
    throw new PlatformError(
      'RESOURCE_IN_USE',
      `${machines.length} machines are on host ${host.name}: ${names.join(', ')}`,
      {
        details: { id: host.id, machines: machines.length },
        remedy:
          'prepare it for maintenance, which moves them; if it will never come back, make sure that it is off, and say so with isForced and confirmsThatItIsOff',
      },
    );
  }
  const disk = await tx
    .selectFrom('Volume')
    .innerJoin('StoragePool', 'StoragePool.id', 'Volume.poolId')
    .select(['Volume.name', 'StoragePool.name as pool'])
    .where('StoragePool.hostId', '=', host.id)
    .executeTakeFirst();
  if (disk !== undefined) {
    throw new PlatformError('RESOURCE_IN_USE', `disk ${disk.name} is on ${disk.pool}, its local storage`, {
      details: { id: host.id, pool: disk.pool },
      remedy: 'remove or move what is there first',
    });
  }
}

/** Storage that only this host has. No disk comes onto it from now on. */
export async function closeLocalPools(
  tx: Transaction,
  hostId: Id<'Host'>,
): Promise<{ poolId: Id<'StoragePool'>; path: string; imageIds: Row<'BaseImage'>['imageId'][] }[]> {
  const pools = await tx
    .updateTable('StoragePool')
    .set({ state: 'DISABLED' })
    .where('hostId', '=', hostId)
    .returning(['id as poolId', 'path'])
    .execute();
  const closed = [];
  for (const pool of pools) {
    const bases = await tx
      .selectFrom('BaseImage')
      .select('imageId')
      .where('poolId', '=', pool.poolId)
      .execute();
    closed.push({ ...pool, imageIds: bases.map(({ imageId }) => imageId) });
  }
  return closed;
}

/** Takes {@link closeLocalPools} back. */
export async function reopenLocalPools(tx: Transaction, hostId: Id<'Host'>): Promise<void> {
  await tx
    .updateTable('StoragePool')
    .set({ state: 'UP' })
    .where('hostId', '=', hostId)
    .where('state', '=', 'DISABLED')
    .execute();
}

/** Deletes a host with what belongs to it, and revokes its agent's certificate. @throws PlatformError if it may not go */
export async function deleteHostRows(
  tx: Transaction,
  removal: { hostId: Id<'Host'>; isSurelyOff: boolean; at: Date; machines: HostsMachines },
): Promise<void> {
  const { hostId, isSurelyOff, at } = removal;
  // In the order in which those who reserve lock them.
  await waitForReservations(tx, hostId);
  const host = await tx
    .selectFrom('Host')
    .selectAll()
    .where('id', '=', hostId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await assertRemovable(tx, host, { isSurelyOff });
  for (const { id, name, state } of await machinesOn(tx, hostId)) {
    if (await removal.machines.declareOff(tx, id, at)) continue;
    throw new PlatformError('RESOURCE_IN_USE', `${name} is ${state}: a job works on it`, {
      details: { id: hostId, machine: id },
      remedy: 'cancel its job, or wait for its end',
    });
  }
  const pools = tx.selectFrom('StoragePool').select('id').where('hostId', '=', hostId);
  await tx.deleteFrom('BaseImage').where('poolId', 'in', pools).execute();
  await tx.deleteFrom('StoragePoolCapacity').where('poolId', 'in', pools).execute();
  await tx.deleteFrom('StoragePool').where('hostId', '=', hostId).execute();
  await tx.deleteFrom('Host').where('id', '=', hostId).execute();
  await tx.updateTable('Agent').set({ revokedAt: at }).where('id', '=', host.agentId).execute();
}
