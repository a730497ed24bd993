import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';

/** Which of some agents are connected to a living server. */
export async function connectedAgents(
  db: Database,
  agentIds: readonly string[],
): Promise<Map<string, boolean>> {
  const rows = await db
    .selectFrom('AgentConnection')
    .select('agentId')
    .where('agentId', 'in', agentIds as Id<'Agent'>[])
    .where(isAliveServer('AgentConnection.serverId'))
    .execute();
  return new Map(rows.map(({ agentId }) => [agentId, true]));
}
