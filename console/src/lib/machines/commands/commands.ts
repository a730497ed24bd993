import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import Disc3 from '@lucide/svelte/icons/disc-3';
import Monitor from '@lucide/svelte/icons/monitor';
import Pause from '@lucide/svelte/icons/pause';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Play from '@lucide/svelte/icons/play';
import Power from '@lucide/svelte/icons/power';
import PowerOff from '@lucide/svelte/icons/power-off';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Square from '@lucide/svelte/icons/square';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Copy from '@lucide/svelte/icons/copy';
import type { Component } from 'svelte';
import { session } from '../../session/session.svelte.ts';
import { m } from '#messages';
import type { Machine, MachineAction } from '../fragments.ts';

/** What one can choose for a machine: the server's actions, and stopping in its two ways. */
export type CommandName = MachineAction | 'FORCE_STOP';

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
    { name: 'FORCE_STOP', label: m.machines_action_FORCE_STOP, icon: PowerOff },
  ],
  [
    { name: 'MIGRATE', label: m.machines_action_MIGRATE, icon: ArrowRightLeft },
    { name: 'ATTACH_ISO', label: m.machines_action_ATTACH_ISO, icon: Disc3 },
    { name: 'DETACH_ISO', label: m.machines_action_DETACH_ISO, icon: Power },
    { name: 'CREATE_TEMPLATE', label: m.machines_action_CREATE_TEMPLATE, icon: Copy },
    { name: 'UPDATE', label: m.machines_action_RENAME, icon: PencilLine },
  ],
  [
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

export function isShown({ name }: Command, { state }: Machine): boolean {
  // Tenants need not know that there are hosts.
  if (name === 'MIGRATE' && !session.can('virtualMachine.migrate')) return false;
  return onlyWhen[name]?.includes(state) ?? true;
}

/** Why something cannot be done to a machine now, as the server says it; null when it can. */
export function reasonAgainst(name: CommandName, machine: Machine): string | null {
  const wanted = name === 'FORCE_STOP' ? 'STOP' : name;
  const action = machine.availableActions.find((each) => each.action === wanted);
  return action === undefined || action.isAllowed ? null : (action.reason ?? m.common_no_permission());
}
