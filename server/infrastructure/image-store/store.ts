import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';
import type { Check } from '../../platform/validation.ts';

export interface ImageStorePlan {
  name: string;
  path: string;
  /** Storage agent to work for the zone from now on; any free one when left out. */
  agentId?: Id<'Agent'> | null | undefined;
}

export function checkImageStore(check: Check, path: string, plan: ImageStorePlan): void {
  check.name(`${path}.name`, plan.name);
  check.path(`${path}.path`, plan.path);
}

/**
 * The storage agent that an image store is given to: the one asked for, one that works for the zone, or a free one.
 * @throws PlatformError VALIDATION_FAILED, AGENT_UNREACHABLE
 */
export async function storageAgentFor(
  db: Database | Transaction,
  path: string,
  zoneId: Id<'Zone'>,
  plan: ImageStorePlan,
): Promise<Row<'Agent'>> {
  const candidates = await db
    .selectFrom('Agent')
    .selectAll()
    .where('kind', '=', 'STORAGE')
    .where('revokedAt', 'is', null)
    .where((agent) => agent.or([agent('zoneId', 'is', null), agent('zoneId', '=', zoneId)]))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('AgentConnection')
          .select('AgentConnection.agentId')
          .whereRef('AgentConnection.agentId', '=', 'Agent.id')
          .where(isAliveServer('AgentConnection.serverId')),
      ),
    )
    .orderBy('zoneId', (order) => order.asc().nullsLast())
    .orderBy('id')
    .execute();
  const { agentId } = plan;
  const agent = agentId == null ? candidates[0] : candidates.find(({ id }) => id === agentId);
  if (agent !== undefined) return agent;
  if (agentId != null)
    throw invalid(
      `${path}.agentId`,
      agentId,
      'must be the id of a connected storage agent that works for no other zone',
    );
  throw new PlatformError('AGENT_UNREACHABLE', 'no storage agent is connected that could serve this zone', {
    remedy: 'start a storage agent and see that it reaches the server',
  });
}

/** Writes an image store whose directory its agent has attached, and gives the agent to the zone. */
export async function insertImageStore(
  tx: Transaction,
  id: Id<'ImageStore'>,
  zoneId: Id<'Zone'>,
  plan: ImageStorePlan,
  agentId: Id<'Agent'>,
  space: { totalBytes: bigint; usedBytes: bigint },
): Promise<Row<'ImageStore'>> {
  await tx.updateTable('Agent').set({ zoneId }).where('id', '=', agentId).execute();
  try {
    return await tx
      .insertInto('ImageStore')
      .values({ id, zoneId, name: plan.name, path: plan.path, state: 'UP', ...space })
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isUniqueViolation(error))
      throw invalid('name', plan.name, 'is the name of another image store of this zone');
    throw error;
  }
}
