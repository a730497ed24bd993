import ArrowUpFromLine from '~icons/lucide/arrow-up-from-line';
import CirclePlay from '~icons/lucide/circle-play';
import CircleSlash from '~icons/lucide/circle-slash';
import PencilLine from '~icons/lucide/pencil-line';
import Plug from '~icons/lucide/plug';
import Trash2 from '~icons/lucide/trash-2';
import Undo2 from '~icons/lucide/undo-2';
import UserLock from '~icons/lucide/user-lock';
import Wrench from '~icons/lucide/wrench';
import type { Component } from 'svelte';
import { mutate, newIdempotencyKey } from '../../api/connection.svelte.ts';
import { reasonText } from '../../machines/commands/reason-text.ts';
import { notices } from '../../notices/notices.svelte.ts';
import { session } from '../../session/session.svelte.ts';
import { m } from '#messages';
import { adminStateLabels, adminStates, linkStateLooks } from '../host-state.ts';
import { hypervisorNames } from '../hypervisor-names.ts';
import type { HostActionName, HostDetails } from './host-details.ts';
import { plainHostMutations } from './host-mutations.ts';

/** What one can choose for a host: the server's actions, and reserving it. */
export type HostCommandName = HostActionName | 'DEDICATE';

export interface HostCommand {
  name: HostCommandName;
  label: () => string;
  icon: Component;
  isDangerous?: boolean;
}

/** In the order that menus show them, in groups. */
export const hostCommandGroups: HostCommand[][] = [
  [
    { name: 'UPDATE', label: m.hosts_action_UPDATE, icon: PencilLine },
    { name: 'DEDICATE', label: m.dedication_action, icon: UserLock },
  ],
  [
    { name: 'ENABLE', label: m.hosts_action_ENABLE, icon: CirclePlay },
    { name: 'DISABLE', label: m.hosts_action_DISABLE, icon: CircleSlash },
    { name: 'PREPARE_FOR_MAINTENANCE', label: m.hosts_action_PREPARE_FOR_MAINTENANCE, icon: Wrench },
    { name: 'CANCEL_MAINTENANCE', label: m.hosts_action_CANCEL_MAINTENANCE, icon: Undo2 },
    { name: 'RECONNECT', label: m.hosts_action_RECONNECT, icon: Plug },
    { name: 'UPGRADE_AGENT', label: m.hosts_action_UPGRADE_AGENT, icon: ArrowUpFromLine },
  ],
  [{ name: 'DELETE', label: m.hosts_action_DELETE, icon: Trash2, isDangerous: true }],
];

const stateLabels = {
  ...linkStateLooks,
  ...Object.fromEntries(adminStates.map((state) => [state, { label: adminStateLabels[state] }])),
  SIMULATOR: { label: hypervisorNames.SIMULATOR },
};

/** Why something cannot be done to a host now; null when it can. */
export function reasonAgainst(name: HostCommandName, host: HostDetails): string | null {
  if (name === 'DEDICATE') return session.can('host.dedicate') ? null : m.common_no_permission();
  const action = host.availableActions.find((each) => each.action === name);
  return action === undefined || action.isAllowed ? null : reasonText(action.reason, stateLabels);
}

/** Commands that ask something first. */
type AskedCommand = Exclude<HostCommandName, keyof typeof plainHostMutations>;

export function asksFirst(name: HostCommandName): name is AskedCommand {
  return !(name in plainHostMutations);
}

/** What was chosen for a host: done at once, or asked about in a dialog first. */
class HostCommands {
  question = $state.raw<{ name: AskedCommand; host: HostDetails }>();

  choose(name: HostCommandName, host: HostDetails): void {
    if (asksFirst(name)) this.question = { name, host };
    else void this.#do(name, host);
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
