import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { MachineRow } from './store.ts';

/** The agent of a host. */
export async function agentOf(tx: Transaction, hostId: Id<'Host'> | null): Promise<Id<'Agent'>> {
  const { agentId } = await tx
    .selectFrom('Host')
    .select('agentId')
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  return agentId;
}

/**
 * The agent of the host that a machine ran on last; `null` when that host is gone, or has been silent for long. What
 * such a host still has of the machine is removed when it comes back.
 */
export async function findLastAgentOf(
  tx: Transaction,
  { lastHostId }: Pick<MachineRow, 'lastHostId'>,
): Promise<Id<'Agent'> | null> {
  const host = await tx
    .selectFrom('Host')
    .select('agentId')
    .where('id', '=', lastHostId)
    .where('linkState', 'not in', ['ALERT', 'DOWN'])
    .executeTakeFirst();
  return host?.agentId ?? null;
}

/** The agent of the host that a machine is on. */
export async function runningAgentOf(tx: Transaction, machine: MachineRow): Promise<Id<'Agent'>> {
  if (machine.hostId === null) throw new Error(`${machine.id} is ${machine.state} and on no host`);
  return agentOf(tx, machine.hostId);
}

/** A machine's disks, each with the agent of a host that reaches it: one that is up, and of those where it ran last. */
export async function volumesWithAgents(tx: Transaction, machine: MachineRow) {
  const rows = await tx
    .selectFrom('Volume')
    .innerJoin('StoragePool', 'StoragePool.id', 'Volume.poolId')
    .innerJoin('StoragePoolHost', 'StoragePoolHost.poolId', 'Volume.poolId')
    .innerJoin('Host', 'Host.id', 'StoragePoolHost.hostId')
    .select(['Volume.id as volumeId', 'Host.agentId', 'StoragePool.id as poolId', 'StoragePool.path'])
    .distinctOn('Volume.id')
    .where('virtualMachineId', '=', machine.id)
    .orderBy('Volume.id')
    .orderBy((row) => row('Host.linkState', '=', 'UP'), 'desc')
    .orderBy((row) => row('Host.id', '=', machine.lastHostId), 'desc')
    .execute();
  return rows.map(({ volumeId, agentId, poolId, path }) => ({ volumeId, agentId, pool: { poolId, path } }));
}
