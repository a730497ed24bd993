import type { CommandErrorCode, CommandErrorFacts } from '@nephos/agent-protocol/commands.ts';
import { PlatformError, type ErrorCode } from '../platform/errors.ts';

/** Agents' codes that mean the same as one of ours. */
const sameMeaning: Partial<Record<CommandErrorCode, ErrorCode>> = {
  NOT_FOUND: 'NOT_FOUND',
  IN_USE: 'RESOURCE_IN_USE',
  INSUFFICIENT_SPACE: 'INSUFFICIENT_CAPACITY',
  TIMEOUT: 'TIMEOUT',
};

/** An agent did, or tried to do, what it was told, and says that it failed. */
export class AgentFailed extends PlatformError {
  override name = 'AgentFailed';
  /** The agent's own code, finer than ours. */
  readonly agentCode: CommandErrorCode;

  constructor(agentName: string, facts: CommandErrorFacts) {
    super(sameMeaning[facts.code] ?? 'AGENT_FAILED', `${agentName}: ${facts.message}`, {
      details: { agent: agentName, agentCode: facts.code, ...facts.details },
    });
    this.agentCode = facts.code;
  }
}

/** There is no connection to an agent now. Only questions fail so; commands wait. */
export function agentUnreachable(agentId: string): PlatformError {
  return new PlatformError('AGENT_UNREACHABLE', `agent ${agentId} is not connected`, {
    details: { agentId },
    remedy: 'see that the agent runs and reaches the server; it connects by itself',
  });
}
