import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import type { OwnerFacts } from './owner-facts.ts';
import { nextState, statesThatAccept, type VirtualMachineEvent } from './state-machine.ts';
import type { MachineRow } from './store.ts';

/** What can be done to a machine, the permission it asks for, and the event it begins with. */
export const machineActions = {
  START: { permission: 'virtualMachine.start', event: 'start' },
  STOP: { permission: 'virtualMachine.stop', event: 'stop' },
  SUSPEND: { permission: 'virtualMachine.suspend', event: 'suspend' },
  RESUME: { permission: 'virtualMachine.resume', event: 'resume' },
  REBOOT: { permission: 'virtualMachine.reboot', event: 'reboot' },
  MIGRATE: { permission: 'virtualMachine.migrate', event: 'migrate' },
  UPDATE_AFFINITY: { permission: 'virtualMachine.updateAffinity', event: 'changeAffinity' },
  ATTACH_ISO: { permission: 'virtualMachine.attachIso', event: 'setIso' },
  DETACH_ISO: { permission: 'virtualMachine.detachIso', event: 'setIso' },
  CREATE_TEMPLATE: { permission: 'template.create', event: 'createTemplate' },
  CREATE_SNAPSHOT: { permission: 'virtualMachineSnapshot.create', event: 'createSnapshot' },
  OPEN_CONSOLE: { permission: 'virtualMachine.console', event: 'openConsole' },
  RESET_PASSWORD: { permission: 'virtualMachine.resetPassword', event: 'resetPassword' },
  RESET_SSH_KEYS: { permission: 'virtualMachine.resetSshKeys', event: 'resetKeys' },
  SCALE: { permission: 'virtualMachine.scale', event: 'scale' },
  ATTACH_NIC: { permission: 'virtualMachine.attachNic', event: 'changeNics' },
  DETACH_NIC: { permission: 'virtualMachine.detachNic', event: 'changeNics' },
  UPDATE_NIC: { permission: 'virtualMachine.updateNic', event: 'changeNics' },
  REINSTALL: { permission: 'virtualMachine.reinstall', event: 'reinstall' },
  ASSIGN: { permission: 'virtualMachine.assign', event: 'assign' },
  UPDATE: { permission: 'virtualMachine.update', event: null },
  DESTROY: { permission: 'virtualMachine.destroy', event: 'destroy' },
  RECOVER: { permission: 'virtualMachine.recover', event: 'recover' },
  EXPUNGE: { permission: 'virtualMachine.expunge', event: 'expunge' },
  UNMANAGE: { permission: 'foreignMachine.release', event: 'unmanage' },
} as const satisfies Record<string, { permission: Permission; event: VirtualMachineEvent | null }>;

/** What delete protection keeps from a machine. */
const protectedActions: ReadonlySet<MachineAction> = new Set(['DESTROY', 'EXPUNGE', 'REINSTALL']);

export type MachineAction = keyof typeof machineActions;

export interface AvailableAction {
  action: MachineAction;
  isAllowed: boolean;
  /** Why not, for people. */
  reason: string | null;
}

/** What an actor may do to a machine now, and why not the rest: from the state table, the role and the owner. */
export function availableActions(
  actor: Actor,
  machine: MachineRow,
  owner: OwnerFacts | undefined,
): AvailableAction[] {
  return (Object.keys(machineActions) as MachineAction[]).map((action) => {
    const reason = reasonAgainst(actor, machine, owner, action);
    return { action, isAllowed: reason === null, reason };
  });
}

function reasonAgainst(
  actor: Actor,
  machine: MachineRow,
  owner: OwnerFacts | undefined,
  action: MachineAction,
): string | null {
  const { permission, event } = machineActions[action];
  if (!actor.rights.has(permission)) return `your role does not allow ${permission}`;
  if (owner?.isChangeable !== true) return 'you only look on in its project';
  if (action === 'START' && owner.projectState !== null && owner.projectState !== 'ACTIVE')
    return `its project is ${owner.projectState}`;
  if (action === 'START' && owner.accountState === 'DISABLED') return 'its account is DISABLED';
  if (event !== null && nextState(machine.state, event) === undefined) {
    return `it is ${machine.state}, and must be ${statesThatAccept(event).join(' or ')}`;
  }
  if (machine.isDeleteProtected && protectedActions.has(action)) return 'it is protected against deletion';
  const kept = snapshotsAgainst(owner, action);
  if (kept !== null) return kept;
  if (action === 'DETACH_ISO' && machine.isoId === null) return 'there is no disc in its drive';
  return null;
}

/** What a machine's snapshots keep from it. */
function snapshotsAgainst(owner: OwnerFacts, action: MachineAction): string | null {
  if (action === 'REINSTALL' && owner.hasSnapshots)
    return 'it has snapshots, which keep the disks that it has';
  if ((action === 'ATTACH_NIC' || action === 'DETACH_NIC') && owner.hasMemorySnapshots)
    return 'it has snapshots with memory, which know the network cards that it has';
  if (action === 'SCALE' && owner.isSnapshotWorkedOn) return 'one of its snapshots is being worked on';
  return null;
}
