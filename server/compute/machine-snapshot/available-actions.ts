import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { nextState, statesThatAccept, type VirtualMachineEvent } from '../virtual-machine/state-machine.ts';
import type { SnapshotFacts } from './snapshot-facts.ts';
import { snapshotStatesThatAccept, type SnapshotEvent } from './state-machine.ts';
import type { SnapshotRow } from './store.ts';

/** What can be done to a snapshot, the permission it asks for, and what it begins with. */
export const snapshotActions = {
  REVERT: { permission: 'virtualMachineSnapshot.revert', event: 'revert', machineEvent: 'revert' },
  UPDATE: { permission: 'virtualMachineSnapshot.update', event: null, machineEvent: null },
  DELETE: { permission: 'virtualMachineSnapshot.delete', event: 'delete', machineEvent: 'deleteSnapshot' },
} as const satisfies Record<
  string,
  { permission: Permission; event: SnapshotEvent | null; machineEvent: VirtualMachineEvent | null }
>;

export type SnapshotAction = keyof typeof snapshotActions;

export interface AvailableSnapshotAction {
  action: SnapshotAction;
  isAllowed: boolean;
  /** Why not, for people. */
  reason: string | null;
}

/** What an actor may do to a snapshot now, and why not the rest. */
export function availableSnapshotActions(
  actor: Actor,
  snapshot: SnapshotRow,
  facts: SnapshotFacts | undefined,
): AvailableSnapshotAction[] {
  return (Object.keys(snapshotActions) as SnapshotAction[]).map((action) => {
    const reason = reasonAgainst(actor, snapshot, facts, action);
    return { action, isAllowed: reason === null, reason };
  });
}

function reasonAgainst(
  actor: Actor,
  snapshot: SnapshotRow,
  facts: SnapshotFacts | undefined,
  action: SnapshotAction,
): string | null {
  const { permission, event, machineEvent } = snapshotActions[action];
  if (!actor.rights.has(permission)) return `your role does not allow ${permission}`;
  if (facts?.isChangeable !== true) return 'you only look on in its project';
  if (event !== null && !snapshotStatesThatAccept(event).includes(snapshot.state))
    return `it is ${snapshot.state}, and must be ${snapshotStatesThatAccept(event).join(' or ')}`;
  const { machineState } = facts;
  if (action === 'REVERT' && !snapshot.withMemory && machineState !== 'STOPPED')
    return `its machine is ${machineState}, and must be STOPPED: the snapshot is without memory`;
  if (machineEvent !== null && nextState(machineState, machineEvent) === undefined)
    return `its machine is ${machineState}, and must be ${statesThatAccept(machineEvent).join(' or ')}`;
  return null;
}
