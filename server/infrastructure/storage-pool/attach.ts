import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher, CommandContext } from '../../agent-gateway/agent-dispatcher.ts';
import { AgentFailed } from '../../agent-gateway/agent-errors.ts';

/** A host that is to reach a pool, and the agent that runs it. */
export interface PoolHost {
  hostId: Id<'Host'>;
  agentId: Id<'Agent'>;
}

/** Counts beyond 2^53 as text, as they are written between two steps. */
export type SpaceText = { totalBytes: string; usedBytes: string };

const deadlineSeconds = 60;

/** Has every host make a pool's directory ready. @returns its space, as the first host sees it */
export async function attachPool(
  agents: AgentDispatcher,
  context: CommandContext,
  pool: { poolId: Id<'StoragePool'>; path: string },
  hosts: readonly PoolHost[],
): Promise<SpaceText> {
  const spaces = [];
  for (const { hostId, agentId } of hosts) {
    spaces.push(
      await agents.execute(context, agentId, 'pool.attach', { pool }, { deadlineSeconds, label: hostId }),
    );
  }
  const [space] = spaces;
  if (space === undefined) throw new Error(`pool ${pool.poolId} has no host that could attach it`);
  return { totalBytes: space.totalBytes.toString(), usedBytes: space.usedBytes.toString() };
}

/** Takes {@link attachPool} back; a directory in which somebody put something meanwhile is left alone. */
export async function detachPool(
  agents: AgentDispatcher,
  context: CommandContext,
  pool: { poolId: Id<'StoragePool'>; path: string },
  hosts: readonly PoolHost[],
): Promise<void> {
  for (const { hostId, agentId } of hosts) {
    try {
      await agents.execute(context, agentId, 'pool.detach', { pool }, { deadlineSeconds, label: hostId });
    } catch (error) {
      if (!(error instanceof AgentFailed && error.agentCode === 'IN_USE')) throw error;
    }
  }
}

/** A pool's space as it was written between two steps. */
export function spaceOf({ totalBytes, usedBytes }: SpaceText): { totalBytes: bigint; usedBytes: bigint } {
  return { totalBytes: BigInt(totalBytes), usedBytes: BigInt(usedBytes) };
}
