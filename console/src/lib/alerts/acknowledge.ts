import CheckCheck from '~icons/lucide/check-check';
import { mutate, newIdempotencyKey } from '../api/connection.svelte.ts';
import type { Bulk } from '../list/bulk/bulk-action.ts';
import { notices } from '../notices/notices.svelte.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import { alertKindName } from './alert-kinds.ts';
import { acknowledgeMutation, type Alert } from './alert-queries.ts';
import { alertPath, alertTarget } from './alert-target.ts';

/** Says that somebody looks after an alert; what goes wrong is said at the edge of the page. */
export async function acknowledge({ id }: Alert): Promise<void> {
  await mutate(acknowledgeMutation, { input: { ids: [id], idempotencyKey: newIdempotencyKey() } }).catch(
    (error: unknown) => notices.fail(m.alerts_acknowledge_failed(), error),
  );
}

/** What can be done to many alerts at once; `undefined` where the role allows nothing of it. */
export function alertBulk(): Bulk<Alert> | undefined {
  if (!session.can('alert.acknowledge')) return undefined;
  return {
    actions: [
      {
        id: 'acknowledge',
        label: m.alerts_acknowledge(),
        icon: CheckCheck,
        impact: () => [m.alerts_bulk_acknowledge()],
        reasonAgainst: ({ isAcknowledgeable, clearedAt, acknowledgedBy }) => {
          if (isAcknowledgeable) return null;
          return clearedAt === null
            ? m.alerts_acknowledged_by({ name: acknowledgedBy ?? '–' })
            : m.alerts_bulk_cleared();
        },
        run: async ({ id }, idempotencyKey) => {
          await mutate(acknowledgeMutation, { input: { ids: [id], idempotencyKey } });
          return undefined;
        },
      },
    ],
    nameOf: (alert) => `${alertKindName(alert.kind)}: ${alertTarget(alert)}`,
    pathOf: alertPath,
  };
}
