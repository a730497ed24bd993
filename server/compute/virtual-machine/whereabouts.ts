import type { PowerState } from '@nephos/agent-protocol/machine.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Database } from '@nephos/model/database.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { PlatformError } from '../../platform/errors.ts';

/** On which of two hosts a machine is that was on its way from one to the other. */
export type Whereabouts = 'SOURCE' | 'TARGET' | 'NEITHER' | 'UNCLEAR';

/** What a host says of the machine; `SILENT`: it cannot be asked now; `GIVEN_UP`: and has not been for long. */
export type Answer = PowerState | 'SILENT' | 'GIVEN_UP';

/**
 * Draws the conclusion from what both hosts say. A host that says ON has the only copy whose processors run, whatever
 * the other one cannot say: the target's begin when the source's have stopped for good.
 */
export function whereaboutsOf(source: Answer, target: Answer): Whereabouts {
  if (target === 'ON') return source === 'ON' ? 'UNCLEAR' : 'TARGET';
  if (target === 'SILENT') return 'UNCLEAR';
  if (source === 'ON') return 'SOURCE';
  if (target === 'GIVEN_UP' || source === 'SILENT' || source === 'GIVEN_UP') return 'UNCLEAR';
  // Both stand still for a moment while one hands over to the other.
  if (source === 'PAUSED') return target === 'PAUSED' ? 'UNCLEAR' : 'SOURCE';
  return target === 'PAUSED' ? 'TARGET' : 'NEITHER';
}

/** A host that can be asked about a machine. */
export interface AskedHost {
  hostId: Id<'Host'>;
  agentId: Id<'Agent'>;
}

const askMs = 5000;

/** Asks a host what it knows of a machine. */
export async function askOf(
  { agents, db }: { agents: AgentDispatcher; db: Database },
  host: AskedHost,
  machineId: Id<'VirtualMachine'>,
): Promise<Answer> {
  try {
    return (await agents.ask(host.agentId, 'machine.observe', { machineId }, askMs)).power;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return (await isGivenUp(db, host.hostId)) ? 'GIVEN_UP' : 'SILENT';
  }
}

/** Whether a host has been silent for so long that nobody waits for it any more, or is gone. */
export async function isGivenUp(db: Database, hostId: Id<'Host'>): Promise<boolean> {
  const host = await db.selectFrom('Host').select('linkState').where('id', '=', hostId).executeTakeFirst();
  return host === undefined || host.linkState === 'ALERT' || host.linkState === 'DOWN';
}
