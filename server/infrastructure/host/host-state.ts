import type { HostLinkState } from '@nephos/model/generated/enums.ts';

/** What can happen to the link between a host's agent and the platform. */
export type HostLinkEvent = 'connecting' | 'connected' | 'lost' | 'overdue' | 'declaredDown';

/** The link's state table: absent means that the event changes nothing. */
export const hostLinkTransitions: Record<HostLinkState, Partial<Record<HostLinkEvent, HostLinkState>>> = {
  CONNECTING: { connected: 'UP', lost: 'DISCONNECTED' },
  UP: { connected: 'UP', lost: 'DISCONNECTED' },
  DISCONNECTED: { connected: 'UP', overdue: 'ALERT' },
  ALERT: { connected: 'UP', declaredDown: 'DOWN' },
  DOWN: { connected: 'UP' },
};
