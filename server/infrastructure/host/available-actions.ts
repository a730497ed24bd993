import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import type { HostRow } from './admin-moves.ts';
import { adminStatesThatAccept, nextAdminState, type HostAdminEvent } from './host-state.ts';

/** What can be done to a host, the permission it asks for, and the event it begins with. */
export const hostActions = {
  UPDATE: { permission: 'host.update', event: null },
  ENABLE: { permission: 'host.enable', event: 'enable' },
  DISABLE: { permission: 'host.disable', event: 'disable' },
  PREPARE_FOR_MAINTENANCE: { permission: 'host.prepareForMaintenance', event: 'prepareForMaintenance' },
  CANCEL_MAINTENANCE: { permission: 'host.cancelMaintenance', event: 'cancelMaintenance' },
  RECONNECT: { permission: 'host.reconnect', event: null },
  UPGRADE_AGENT: { permission: 'host.upgradeAgent', event: null },
  DELETE: { permission: 'host.delete', event: 'delete' },
} as const satisfies Record<string, { permission: Permission; event: HostAdminEvent | null }>;

export type HostAction = keyof typeof hostActions;

export interface AvailableHostAction {
  action: HostAction;
  isAllowed: boolean;
  /** Why not, for people. */
  reason: string | null;
}

/** What an actor may do to a host now, and why not the rest: from the state table and the role. */
export function availableHostActions(actor: Actor, host: HostRow): AvailableHostAction[] {
  return (Object.keys(hostActions) as HostAction[]).map((action) => {
    const reason = reasonAgainst(actor, host, action);
    return { action, isAllowed: reason === null, reason };
  });
}

function reasonAgainst(actor: Actor, host: HostRow, action: HostAction): string | null {
  const { permission, event } = hostActions[action];
  if (!actor.rights.has(permission)) return `your role does not allow ${permission}`;
  if (event !== null && nextAdminState(host.adminState, event) === undefined)
    return `it is ${host.adminState}, and must be ${adminStatesThatAccept(event).join(' or ')}`;
  if (action === 'UPGRADE_AGENT' && host.hypervisor !== 'KVM') return `it is a ${host.hypervisor}`;
  if (action === 'RECONNECT' && host.linkState !== 'UP') return `it is ${host.linkState}`;
  return null;
}
