import ArrowRightLeft from '~icons/lucide/arrow-right-left';
import Camera from '~icons/lucide/camera';
import Copy from '~icons/lucide/copy';
import Disc3 from '~icons/lucide/disc-3';
import Group from '~icons/lucide/group';
import HardDriveDownload from '~icons/lucide/hard-drive-download';
import KeyRound from '~icons/lucide/key-round';
import KeySquare from '~icons/lucide/key-square';
import Monitor from '~icons/lucide/monitor';
import Pause from '~icons/lucide/pause';
import PencilLine from '~icons/lucide/pencil-line';
import Play from '~icons/lucide/play';
import Power from '~icons/lucide/power';
import PowerOff from '~icons/lucide/power-off';
import RefreshCcwDot from '~icons/lucide/refresh-ccw-dot';
import RotateCw from '~icons/lucide/rotate-cw';
import Scaling from '~icons/lucide/scaling';
import Square from '~icons/lucide/square';
import Trash2 from '~icons/lucide/trash-2';
import Undo2 from '~icons/lucide/undo-2';
import Unlink from '~icons/lucide/unlink';
import UserRoundCog from '~icons/lucide/user-round-cog';
import type { Component } from 'svelte';
import { session } from '../../session/session.svelte.ts';
import { m } from '#messages';
import type { Machine, MachineAction } from '../fragments.ts';
import { actionReasons } from './action-reasons.svelte.ts';

/** What one can choose for a machine: the server's actions, stopping and restarting in two ways each. */
export type CommandName = MachineAction | 'FORCE_STOP' | 'FORCE_REBOOT';

export interface Command {
  name: CommandName;
  label: () => string;
  icon: Component;
  isDangerous?: boolean;
}

/** In the order that menus show them, in groups. */
export const commandGroups: Command[][] = [
  [
    { name: 'START', label: m.machines_action_START, icon: Play },
    { name: 'OPEN_CONSOLE', label: m.machines_action_OPEN_CONSOLE, icon: Monitor },
    { name: 'STOP', label: m.machines_action_STOP, icon: Square },
    { name: 'SUSPEND', label: m.machines_action_SUSPEND, icon: Pause },
    { name: 'RESUME', label: m.machines_action_RESUME, icon: Play },
    { name: 'REBOOT', label: m.machines_action_REBOOT, icon: RotateCw },
    { name: 'FORCE_REBOOT', label: m.machines_action_FORCE_REBOOT, icon: RefreshCcwDot },
    { name: 'FORCE_STOP', label: m.machines_action_FORCE_STOP, icon: PowerOff },
  ],
  [
    { name: 'MIGRATE', label: m.machines_action_MIGRATE, icon: ArrowRightLeft },
    { name: 'SCALE', label: m.machines_action_SCALE, icon: Scaling },
    { name: 'ATTACH_ISO', label: m.machines_action_ATTACH_ISO, icon: Disc3 },
    { name: 'DETACH_ISO', label: m.machines_action_DETACH_ISO, icon: Power },
    { name: 'CREATE_SNAPSHOT', label: m.machines_action_CREATE_SNAPSHOT, icon: Camera },
    { name: 'CREATE_TEMPLATE', label: m.machines_action_CREATE_TEMPLATE, icon: Copy },
    { name: 'REINSTALL', label: m.machines_action_REINSTALL, icon: HardDriveDownload, isDangerous: true },
  ],
  [
    { name: 'RESET_PASSWORD', label: m.machines_action_RESET_PASSWORD, icon: KeyRound },
    { name: 'RESET_SSH_KEYS', label: m.machines_action_RESET_SSH_KEYS, icon: KeySquare },
    { name: 'UPDATE_AFFINITY', label: m.machines_action_UPDATE_AFFINITY, icon: Group },
    { name: 'UPDATE', label: m.machines_action_UPDATE, icon: PencilLine },
    { name: 'ASSIGN', label: m.machines_action_ASSIGN, icon: UserRoundCog },
  ],
  [
    { name: 'UNMANAGE', label: m.foreign_unmanage, icon: Unlink, isDangerous: true },
    { name: 'RECOVER', label: m.machines_action_RECOVER, icon: Undo2 },
    { name: 'DESTROY', label: m.machines_action_DESTROY, icon: Trash2, isDangerous: true },
    { name: 'EXPUNGE', label: m.machines_action_EXPUNGE, icon: Trash2, isDangerous: true },
  ],
];

/** Commands that make no sense in a state are left out of menus; others are shown with the reason why not now. */
const onlyWhen: Partial<Record<CommandName, Machine['state'][]>> = {
  RECOVER: ['DESTROYED'],
  SUSPEND: ['RUNNING'],
  RESUME: ['SUSPENDED'],
  EXPUNGE: ['DESTROYED', 'ERROR', 'EXPUNGING'],
};

const operatorsOnly: Partial<Record<CommandName, string>> = {
  MIGRATE: 'virtualMachine.migrate',
  ASSIGN: 'virtualMachine.assign',
  UNMANAGE: 'foreignMachine.release',
};

export function isShown({ name }: Command, { state }: Machine): boolean {
  // Tenants need not know that there are hosts, and other accounts.
  const permission = operatorsOnly[name];
  if (permission !== undefined && !session.can(permission)) return false;
  return onlyWhen[name]?.includes(state) ?? true;
}

/** The server's actions that are also done in a hard way. */
const forced: Partial<Record<CommandName, MachineAction>> = { FORCE_STOP: 'STOP', FORCE_REBOOT: 'REBOOT' };

/** Why something cannot be done to a machine now; null when it can. */
export function reasonAgainst(name: CommandName, machine: Machine): string | null {
  const action = forced[name] ?? (name as MachineAction);
  if (machine.allowedActions.includes(action)) return null;
  return actionReasons.of(machine, action) ?? m.machines_reason_unknown();
}
