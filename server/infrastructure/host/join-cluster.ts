import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Row, Transaction } from '@nephos/model/database.ts';
import { z } from 'zod';
import type { AgentDispatcher, CommandContext } from '../../agent-gateway/agent-dispatcher.ts';
import { attachPool, detachPool } from '../storage-pool/attach.ts';
import { agentForHost, insertHost } from './store.ts';

/** Which agent becomes which host of which cluster, and the pools that it is to reach. */
export const joiningHost = z.object({
  hostId: idField('Host'),
  clusterId: idField('Cluster'),
  agentId: idField('Agent'),
  pools: z.array(z.object({ poolId: idField('StoragePool'), path: z.string() })),
});
export type JoiningHost = z.output<typeof joiningHost>;

/** The pools that every host of a cluster reaches. */
export function poolsOfCluster(tx: Transaction, cluster: Row<'Cluster'>): Promise<JoiningHost['pools']> {
  return tx
    .selectFrom('StoragePool')
    .select(['id as poolId', 'path'])
    .where('zoneId', '=', cluster.zoneId)
    .where((pool) => pool.or([pool('scope', '=', 'ZONE'), pool('clusterId', '=', cluster.id)]))
    .where('scope', '!=', 'HOST')
    .execute();
}

/** Has the agent make the cluster's pools ready. */
export async function attachPools(
  agents: AgentDispatcher,
  run: CommandContext & { input: JoiningHost },
): Promise<undefined> {
  const { pools, hostId, agentId } = run.input;
  for (const pool of pools) await attachPool(agents, labelled(run, pool.poolId), pool, [{ hostId, agentId }]);
  return undefined;
}

/** Takes {@link attachPools} back. */
export async function detachPools(
  agents: AgentDispatcher,
  run: CommandContext & { input: JoiningHost },
): Promise<void> {
  const { pools, hostId, agentId } = run.input;
  for (const pool of pools) await detachPool(agents, labelled(run, pool.poolId), pool, [{ hostId, agentId }]);
}

/** Writes the new host down, with its capacity and pools; from then on it takes machines. */
export async function enterHost(
  tx: Transaction,
  host: JoiningHost & { name: string | null },
  at: Date,
): Promise<Row<'Host'>> {
  const { clusterId, agentId, hostId, pools } = host;
  const cluster = await tx
    .selectFrom('Cluster')
    .selectAll()
    .where('id', '=', clusterId)
    .executeTakeFirstOrThrow();
  const agent = await agentForHost(tx, 'input', { agentId }, cluster);
  const row = await insertHost(tx, hostId, cluster, agent, host.name ?? agent.name, at);
  if (pools.length > 0) {
    await tx
      .insertInto('StoragePoolHost')
      .values(pools.map(({ poolId }) => ({ poolId, hostId })))
      .execute();
  }
  return row;
}

/** The same command context for each of several pools, so that their commands have ids of their own. */
function labelled<Run extends { commandKey: string }>(run: Run, label: string): Run {
  return { ...run, commandKey: `${run.commandKey}.${label}` };
}
