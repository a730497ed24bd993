import Play from '~icons/lucide/play';
import PowerOff from '~icons/lucide/power-off';
import RotateCw from '~icons/lucide/rotate-cw';
import Square from '~icons/lucide/square';
import Trash2 from '~icons/lucide/trash-2';
import Undo2 from '~icons/lucide/undo-2';
import { mutate } from '../../api/connection.svelte.ts';
import { formatNumber } from '../../i18n/format.ts';
import type { Bulk, BulkAction } from '../../list/bulk/bulk-action.ts';
import { session } from '../../session/session.svelte.ts';
import { m } from '#messages';
import { plainMutations, rebootMutation, stopMutation } from '../commands/command-mutations.ts';
import { reasonAgainst, type CommandName } from '../commands/commands.ts';
import type { Machine } from '../fragments.ts';

interface Answered {
  job?: { id: string };
}

/** The job that an answer names. */
function jobIn(answer: Record<string, Answered | object>): string | undefined {
  const [payload] = Object.values(answer) as Answered[];
  return payload?.job?.id;
}

function stopping(isForced: boolean): BulkAction<Machine>['run'] {
  return async ({ id }, idempotencyKey) =>
    jobIn(await mutate(stopMutation, { input: { id, idempotencyKey, isForced } }));
}

function plain(name: keyof typeof plainMutations): BulkAction<Machine>['run'] {
  return async ({ id }, idempotencyKey) =>
    jobIn(await mutate(plainMutations[name], { input: { id, idempotencyKey } }));
}

function action(
  name: CommandName,
  rest: Omit<BulkAction<Machine>, 'id' | 'reasonAgainst'>,
): BulkAction<Machine> {
  return { id: name, reasonAgainst: (machine) => reasonAgainst(name, machine), ...rest };
}

function runningOf(machines: readonly Machine[]): number {
  return machines.filter(({ state }) => state === 'RUNNING').length;
}

/** What can be done to many machines at once; each list shows only what the role allows. */
export function machineBulk(): Bulk<Machine> {
  const actions: [permission: string, BulkAction<Machine>][] = [
    [
      'virtualMachine.start',
      action('START', {
        label: m.machines_action_START(),
        icon: Play,
        impact: () => [m.machine_list_bulk_start()],
        run: plain('START'),
      }),
    ],
    [
      'virtualMachine.stop',
      action('STOP', {
        label: m.machines_action_STOP(),
        icon: Square,
        impact: () => [m.machine_list_bulk_stop()],
        run: stopping(false),
      }),
    ],
    [
      'virtualMachine.reboot',
      action('REBOOT', {
        label: m.machines_action_REBOOT(),
        icon: RotateCw,
        impact: () => [m.machines_reboot_text()],
        run: async ({ id }, idempotencyKey) =>
          jobIn(await mutate(rebootMutation, { input: { id, idempotencyKey, isForced: false } })),
      }),
    ],
    [
      'virtualMachine.stop',
      action('FORCE_STOP', {
        label: m.machines_action_FORCE_STOP(),
        icon: PowerOff,
        isDangerous: true,
        impact: () => [m.machines_force_stop_text()],
        run: stopping(true),
      }),
    ],
    [
      'virtualMachine.destroy',
      action('DESTROY', {
        label: m.machines_action_DESTROY(),
        icon: Trash2,
        isDangerous: true,
        impact: (machines) => [
          m.machine_list_bulk_running({ count: formatNumber(runningOf(machines)) }),
          m.machines_destroy_text(),
          m.machines_impact_usage_stops(),
        ],
        run: plain('DESTROY'),
      }),
    ],
    [
      'virtualMachine.recover',
      action('RECOVER', {
        label: m.machines_action_RECOVER(),
        icon: Undo2,
        impact: () => [m.machine_list_bulk_recover()],
        run: plain('RECOVER'),
      }),
    ],
    [
      'virtualMachine.expunge',
      action('EXPUNGE', {
        label: m.machines_action_EXPUNGE(),
        icon: Trash2,
        isDangerous: true,
        isForGood: true,
        impact: () => [m.machines_expunge_text(), m.machines_impact_disks_stop()],
        run: plain('EXPUNGE'),
      }),
    ],
  ];
  return {
    actions: actions.filter(([permission]) => session.can(permission)).map(([, each]) => each),
    nameOf: ({ name }) => name,
    pathOf: ({ id }) => `/virtual-machines/${id}`,
  };
}
