import type { HostAdminState, HostLinkState } from '@nephos/model/generated/enums.ts';

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

/** What can happen to what administrators want of a host. What they ask for comes first, then how emptying it ends. */
export type HostAdminEvent =
  | 'enable'
  | 'disable'
  | 'prepareForMaintenance'
  | 'cancelMaintenance'
  | 'delete'
  | 'emptied'
  | 'emptyingFailed'
  | 'emptyingCancelled';

/** The host's state table: absent means refused. A host that is deleted keeps its state until it is gone. */
export const hostAdminTransitions: Record<HostAdminState, Partial<Record<HostAdminEvent, HostAdminState>>> = {
  ENABLED: { disable: 'DISABLED', prepareForMaintenance: 'PREPARE_FOR_MAINTENANCE' },
  DISABLED: {
    enable: 'ENABLED',
    prepareForMaintenance: 'PREPARE_FOR_MAINTENANCE',
    delete: 'DISABLED',
  },
  PREPARE_FOR_MAINTENANCE: {
    cancelMaintenance: 'ENABLED',
    emptied: 'MAINTENANCE',
    emptyingFailed: 'ERROR_IN_MAINTENANCE',
    emptyingCancelled: 'ENABLED',
  },
  MAINTENANCE: { cancelMaintenance: 'ENABLED', delete: 'MAINTENANCE' },
  ERROR_IN_MAINTENANCE: {
    cancelMaintenance: 'ENABLED',
    prepareForMaintenance: 'PREPARE_FOR_MAINTENANCE',
    delete: 'ERROR_IN_MAINTENANCE',
  },
};

/** The state that an event leads to, or `undefined` when it is refused. */
export function nextAdminState(state: HostAdminState, event: HostAdminEvent): HostAdminState | undefined {
  return hostAdminTransitions[state][event];
}

/** States that an event is accepted in. */
export function adminStatesThatAccept(event: HostAdminEvent): HostAdminState[] {
  const states = Object.keys(hostAdminTransitions) as HostAdminState[];
  return states.filter((state) => nextAdminState(state, event) !== undefined);
}
