import CircleCheck from '~icons/lucide/circle-check';
import ShieldOff from '~icons/lucide/shield-off';
import Unplug from '~icons/lucide/unplug';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { Agent } from './agent-queries.ts';

/** What agents can do. */
export const agentKinds: Record<Agent['kind'], () => string> = {
  HOST: m.agents_kind_HOST,
  STORAGE: m.agents_kind_STORAGE,
};

/** Whether the platform hears from an agent. */
export function agentLook({ isConnected, revokedAt }: Pick<Agent, 'isConnected' | 'revokedAt'>): StatusLook {
  if (revokedAt !== null) return { tone: 'quiet', icon: ShieldOff, label: m.agents_revoked };
  return isConnected
    ? { tone: 'good', icon: CircleCheck, label: m.agents_connected }
    : { tone: 'bad', icon: Unplug, label: m.agents_disconnected };
}

/** A host tells when its agent was heard last; of other agents nothing is kept once they are gone. */
export function knownSince({
  connectedSince,
  host,
}: Pick<Agent, 'connectedSince' | 'host'>): string | undefined {
  return connectedSince ?? host?.linkStateSince;
}
