import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { PoolReference } from '@nephos/agent-protocol/machine.ts';
import { sql } from 'kysely';
import { factsOf } from '../../infrastructure/host/store.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { MachineRow } from '../virtual-machine/store.ts';

/** A machine's disk as its host is told of it. */
export interface PlacedDisk {
  volumeId: Id<'Volume'>;
  pool: PoolReference;
  deviceIndex: number;
}

/**
 * A machine's disks, root disk first, and the sum of their sizes.
 * @throws PlatformError INVALID_STATE while one of them is being worked on
 */
export async function placedDisks(
  tx: Transaction,
  machine: MachineRow,
): Promise<{ disks: [PlacedDisk, ...PlacedDisk[]]; sizeBytes: bigint }> {
  const rows = await tx
    .selectFrom('Volume')
    .innerJoin('StoragePool', 'StoragePool.id', 'poolId')
    .select(['Volume.id', 'Volume.name', 'Volume.state', 'deviceIndex', 'sizeBytes', 'poolId', 'path'])
    .where('virtualMachineId', '=', machine.id)
    .orderBy('deviceIndex')
    .execute();
  const busy = rows.find(({ state }) => state !== 'READY');
  if (busy !== undefined) {
    throw new PlatformError('INVALID_STATE', `disk ${busy.name} is ${busy.state}; wait until it is READY`, {
      details: { volume: busy.name, state: busy.state },
    });
  }
  const [root, ...others] = rows.map(({ id, deviceIndex, poolId, path }) => ({
    volumeId: id,
    pool: { poolId, path },
    deviceIndex: deviceIndex ?? 0,
  }));
  if (root === undefined)
    throw new PlatformError('INVALID_STATE', `${machine.name} has no disks`, { details: { id: machine.id } });
  return { disks: [root, ...others], sizeBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n) };
}

/**
 * The agent that works on a machine's disks: of its host, or of one that is up and reaches all of them, if it can be
 * where the machine ran last.
 * @throws PlatformError INVALID_STATE when that host cannot keep snapshots, INSUFFICIENT_CAPACITY when there is none
 */
export async function snapshotAgentOf(
  tx: Transaction,
  machine: MachineRow,
  disks: readonly PlacedDisk[],
): Promise<Id<'Agent'>> {
  const poolIds = [...new Set(disks.map(({ pool }) => pool.poolId))];
  const host = await tx
    .selectFrom('Host')
    .select(['agentId', 'name', 'facts'])
    .$if(machine.hostId !== null, (query) => query.where('id', '=', machine.hostId))
    .$if(machine.hostId === null, (query) =>
      query.where('linkState', '=', 'UP').where(sql<boolean>`${poolIds}::text[] <@ array(
          select r."poolId" from "StoragePoolHost" r where r."hostId" = "Host"."id")`),
    )
    .orderBy((row) => row('id', '=', machine.lastHostId), 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (host === undefined) {
    throw new PlatformError(
      'INSUFFICIENT_CAPACITY',
      `no host that is UP reaches the disks of ${machine.name}`,
      {
        details: { id: machine.id, poolIds },
      },
    );
  }
  assertKeepsSnapshots(host);
  return host.agentId;
}

/** @throws PlatformError INVALID_STATE */
export function assertKeepsSnapshots(host: { name: string; facts: unknown }): void {
  if (factsOf(host).capabilities.machineSnapshots === true) return;
  throw new PlatformError('INVALID_STATE', `host ${host.name} cannot keep snapshots of machines`, {
    details: { host: host.name },
    remedy: 'upgrade its agent',
  });
}
