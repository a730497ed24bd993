import CirclePlay from '@lucide/svelte/icons/circle-play';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Plug from '@lucide/svelte/icons/plug';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Wrench from '@lucide/svelte/icons/wrench';
import type { Component } from 'svelte';
import { mutate, newIdempotencyKey } from '../../api/connection.svelte.ts';
import { notices } from '../../notices/notices.svelte.ts';
import { m } from '#messages';
import type { HostActionName, HostDetails } from './host-details.ts';
import { plainHostMutations } from './host-mutations.ts';

export interface HostCommand {
  name: HostActionName;
  label: () => string;
  icon: Component;
  isDangerous?: boolean;
}

/** In the order that menus show them, in groups. */
export const hostCommandGroups: HostCommand[][] = [
  [{ name: 'UPDATE', label: m.hosts_action_UPDATE, icon: PencilLine }],
  [
    { name: 'ENABLE', label: m.hosts_action_ENABLE, icon: CirclePlay },
    { name: 'DISABLE', label: m.hosts_action_DISABLE, icon: CircleSlash },
    { name: 'PREPARE_FOR_MAINTENANCE', label: m.hosts_action_PREPARE_FOR_MAINTENANCE, icon: Wrench },
    { name: 'CANCEL_MAINTENANCE', label: m.hosts_action_CANCEL_MAINTENANCE, icon: Undo2 },
    { name: 'RECONNECT', label: m.hosts_action_RECONNECT, icon: Plug },
  ],
  [{ name: 'DELETE', label: m.hosts_action_DELETE, icon: Trash2, isDangerous: true }],
];

/** Why something cannot be done to a host now, as the server says it; null when it can. */
export function reasonAgainst(name: HostActionName, host: HostDetails): string | null {
  const action = host.availableActions.find((each) => each.action === name);
  return action === undefined || action.isAllowed ? null : (action.reason ?? m.common_no_permission());
}

/** Commands that ask something first. */
type AskedCommand = 'UPDATE' | 'PREPARE_FOR_MAINTENANCE' | 'DELETE';

/** What was chosen for a host: done at once, or asked about in a dialog first. */
class HostCommands {
  question = $state.raw<{ name: AskedCommand; host: HostDetails }>();

  choose(name: HostActionName, host: HostDetails): void {
    if (name in plainHostMutations) void this.#do(name as keyof typeof plainHostMutations, host);
    else this.question = { name: name as AskedCommand, host };
  }

  close(): void {
    this.question = undefined;
  }

  async #do(name: keyof typeof plainHostMutations, host: HostDetails): Promise<void> {
    try {
      await mutate(plainHostMutations[name], {
        input: { id: host.id, idempotencyKey: newIdempotencyKey() },
      });
    } catch (error) {
      notices.fail(m.hosts_action_failed({ name: host.name }), error);
    }
  }
}

export const hostCommands = new HostCommands();
