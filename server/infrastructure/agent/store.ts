import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';

/** Hosts of some agents. */
export async function hostsOfAgents(
  db: Database,
  agentIds: readonly string[],
): Promise<Map<string, Id<'Host'>>> {
  const rows = await db
    .selectFrom('Host')
    .select(['id', 'agentId'])
    .where('agentId', 'in', agentIds as Id<'Agent'>[])
    .execute();
  return new Map(rows.map(({ agentId, id }) => [agentId, id]));
}

/** Since when those of some agents are connected that are, to a living server. */
export async function connectedAgents(db: Database, agentIds: readonly string[]): Promise<Map<string, Date>> {
  const rows = await db
    .selectFrom('AgentConnection')
    .select(['agentId', 'connectedAt'])
    .where('agentId', 'in', agentIds as Id<'Agent'>[])
    .where(isAliveServer('AgentConnection.serverId'))
    .execute();
  return new Map(rows.map(({ agentId, connectedAt }) => [agentId, connectedAt]));
}
