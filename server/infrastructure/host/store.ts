import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { HostLinkState } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { hostFacts, type HostFacts } from '@nephos/agent-protocol/reports.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';

export interface HostPlan {
  agentId: Id<'Agent'>;
  /** The agent's own name when left out. */
  name?: string | null | undefined;
}

/** What an agent said of its host. @throws when it never said hello */
export function factsOf(row: { facts: unknown }): HostFacts {
  return hostFacts.decode(row.facts as never);
}

/**
 * An agent that can become a host of a cluster.
 * @throws PlatformError VALIDATION_FAILED, RESOURCE_IN_USE, AGENT_UNREACHABLE
 */
export async function agentForHost(
  db: Database | Transaction,
  path: string,
  plan: HostPlan,
  cluster: { hypervisor: string },
): Promise<Row<'Agent'>> {
  const agent = await db.selectFrom('Agent').selectAll().where('id', '=', plan.agentId).executeTakeFirst();
  if (agent?.kind !== 'HOST' || agent.revokedAt !== null) {
    throw invalid(`${path}.agentId`, plan.agentId, 'must be the id of an enrolled host agent');
  }
  const used = await db.selectFrom('Host').select('name').where('agentId', '=', agent.id).executeTakeFirst();
  if (used !== undefined) {
    throw new PlatformError('RESOURCE_IN_USE', `agent ${agent.name} already runs host ${used.name}`, {
      details: { path: `${path}.agentId`, value: plan.agentId, host: used.name },
    });
  }
  if (agent.facts === null) {
    throw new PlatformError('AGENT_UNREACHABLE', `agent ${agent.name} has not connected yet`, {
      details: { path: `${path}.agentId`, value: plan.agentId },
      remedy: 'start the agent and see that it reaches the server',
    });
  }
  const { hypervisor } = factsOf(agent);
  if (hypervisor !== cluster.hypervisor) {
    throw invalid(
      `${path}.agentId`,
      plan.agentId,
      `must drive ${cluster.hypervisor} like its cluster; this one drives ${hypervisor}`,
    );
  }
  return agent;
}

/** Whether a living server holds the agent's connection. */
export async function isConnected(db: Database | Transaction, agentId: Id<'Agent'>): Promise<boolean> {
  const connection = await db
    .selectFrom('AgentConnection')
    .select('agentId')
    .where('agentId', '=', agentId)
    .where(isAliveServer('AgentConnection.serverId'))
    .executeTakeFirst();
  return connection !== undefined;
}

export async function insertHost(
  tx: Transaction,
  id: Id<'Host'>,
  cluster: Row<'Cluster'>,
  agent: Row<'Agent'>,
  name: string,
  at: Date,
): Promise<Row<'Host'>> {
  const facts = factsOf(agent);
  const linkState: HostLinkState = (await isConnected(tx, agent.id)) ? 'UP' : 'DISCONNECTED';
  try {
    const host = await tx
      .insertInto('Host')
      .values({
        id,
        zoneId: cluster.zoneId,
        podId: cluster.podId,
        clusterId: cluster.id,
        agentId: agent.id,
        name,
        hypervisor: cluster.hypervisor,
        linkState,
        linkStateSince: at,
        cpuCores: facts.cpuCores,
        cpuMhz: facts.cpuMhz,
        memoryBytes: facts.memoryBytes,
        facts: JSON.stringify(agent.facts),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('HostCapacity')
      .values({
        hostId: host.id,
        zoneId: host.zoneId,
        clusterId: host.clusterId,
        ...capacityOf(facts, cluster),
      })
      .execute();
    return host;
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid('name', name, 'is the name of another host of this cluster');
    throw error;
  }
}

/** What may be promised of a host. */
export function capacityOf(
  facts: HostFacts,
  cluster: Pick<Row<'Cluster'>, 'cpuOvercommit' | 'memoryOvercommit'>,
): { cpuMhzTotal: number; memoryBytesTotal: bigint } {
  return {
    cpuMhzTotal: Math.floor(facts.cpuCores * facts.cpuMhz * cluster.cpuOvercommit),
    // In thousandths, since memory beyond 2^53 bytes is no exact double.
    memoryBytesTotal: (facts.memoryBytes * BigInt(Math.round(cluster.memoryOvercommit * 1000))) / 1000n,
  };
}

/** What is promised of each of some hosts. */
export async function hostCapacities(
  db: Database,
  hostIds: readonly string[],
): Promise<Map<string, Row<'HostCapacity'>>> {
  const rows = await db
    .selectFrom('HostCapacity')
    .selectAll()
    .where('hostId', 'in', hostIds as Id<'Host'>[])
    .execute();
  return new Map(rows.map((row) => [row.hostId, row]));
}
