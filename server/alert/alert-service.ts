import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { getForChange } from '../identity/access/guarded-loader.ts';
import { scopeOf } from '../identity/access/visibility.ts';
import type { Actor } from '../platform/actor.ts';
import type { Platform } from '../platform/platform.ts';
import { Check } from '../platform/validation.ts';

/** How many alerts are open. */
export interface AlertCounts {
  open: number;
  critical: number;
  warning: number;
  unacknowledged: number;
}

export interface AcknowledgeInput {
  ids: readonly Id<'Alert'>[];
  idempotencyKey?: string | null | undefined;
}

const mostAlerts = 500;

/** Alerts, as operators read and acknowledge them. */
export class AlertService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Those that the actor sees. */
  async count(actor: Actor): Promise<AlertCounts> {
    const { rows } = await sql<AlertCounts>`
      select count(*)::int as "open",
        count(*) filter (where "severity" = 'CRITICAL')::int as "critical",
        count(*) filter (where "severity" = 'WARNING')::int as "warning",
        count(*) filter (where "acknowledgedAt" is null)::int as "unacknowledged"
      from "Alert" where "clearedAt" is null and ${scopeOf(actor, 'Alert')}`.execute(this.#platform.db);
    const [counts] = rows;
    if (counts === undefined) throw new Error('counting gives one row');
    return counts;
  }

  /**
   * Notes who looks after alerts. Those that somebody looks after already, or that cleared meanwhile, stay as they are.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED
   */
  acknowledge(actor: Actor, input: AcknowledgeInput): Promise<{ ids: string }> {
    const ids = [...new Set(input.ids)].sort();
    const check = new Check();
    check.range('input.ids', ids.length, 1, mostAlerts);
    check.done();
    const action = 'alert.acknowledge';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      await tx.selectFrom('Alert').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute();
      const alerts: Row<'Alert'>[] = [];
      for (const id of ids) alerts.push(await getForChange(tx, actor, 'Alert', id, action));
      const taken = alerts.filter(
        ({ clearedAt, acknowledgedAt }) => clearedAt === null && acknowledgedAt === null,
      );
      if (taken.length > 0) {
        await tx
          .updateTable('Alert')
          .set({
            acknowledgedAt: at,
            acknowledgedByUserId: actor.userId,
            acknowledgedByName: actor.username,
          })
          .where(
            'id',
            'in',
            taken.map(({ id }) => id),
          )
          .execute();
      }
      const [first = ''] = ids;
      mutation.concerns('Alert', first, null, { alerts: taken.map(({ id, message }) => ({ id, message })) });
      return { ids: ids.join() };
    });
  }
}
