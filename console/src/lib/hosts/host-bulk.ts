import CirclePlay from '~icons/lucide/circle-play';
import CircleSlash from '~icons/lucide/circle-slash';
import { mutate } from '../api/connection.svelte.ts';
import type { Bulk, BulkAction } from '../list/bulk/bulk-action.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { Host } from './fragments.ts';
import { adminStateLabels } from './host-state.ts';
import { plainHostMutations } from './page/host-mutations.ts';

function action(
  name: 'ENABLE' | 'DISABLE',
  accepts: Host['adminState'],
  rest: Pick<BulkAction<Host>, 'label' | 'icon' | 'impact'>,
): BulkAction<Host> {
  return {
    id: name,
    ...rest,
    reasonAgainst: ({ adminState }) =>
      adminState === accepts ? null : m.hosts_bulk_is({ state: adminStateLabels[adminState]() }),
    run: async ({ id }, idempotencyKey) => {
      await mutate(plainHostMutations[name], { input: { id, idempotencyKey } });
      return undefined;
    },
  };
}

/** What can be done to many hosts at once; `undefined` where the role allows nothing of it. */
export function hostBulk(): Bulk<Host> | undefined {
  const actions = [
    ...(session.can('host.enable')
      ? [
          action('ENABLE', 'DISABLED', {
            label: m.hosts_action_ENABLE(),
            icon: CirclePlay,
            impact: () => [m.hosts_bulk_enable()],
          }),
        ]
      : []),
    ...(session.can('host.disable')
      ? [
          action('DISABLE', 'ENABLED', {
            label: m.hosts_action_DISABLE(),
            icon: CircleSlash,
            impact: () => [m.hosts_bulk_disable()],
          }),
        ]
      : []),
  ];
  if (actions.length === 0) return undefined;
  return { actions, nameOf: ({ name }) => name, pathOf: ({ id }) => `/hosts/${id}` };
}
