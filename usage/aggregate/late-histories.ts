import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { effects, switchingMeanings } from './event-meanings.ts';
import { shapeOf, useOf, type Span } from './sum-up.ts';

/** Order of what happened to a use; what it was in before comes first. */
export const inOrder = sql`"at", "isBefore" desc, "seq"`;

/**
 * Makes the table `usage_history` of this transaction: of each use that late events are about, in what it was before the
 * first of them (`isBefore`), and what happened from then on. `isLate` tells what was not known when the last period was
 * closed.
 *
 * In what it was before says the last event before; where there is none, because it is so old that it is not kept any more,
 * what went on when the last period ended says it, if nothing happened since.
 *
 * @param known the last period's watermark
 */
export async function findHistories(tx: Transaction, { startsAt, seq }: Span, known: bigint): Promise<void> {
  await sql`
    create temp table usage_history on commit drop as
    with late as materialized (
      select ${useOf('event', sql.ref('meaning.usageType'))} as "use", meaning."usageType", event."resourceId", min(event."at") as "since"
      from "UsageEvent" event join ${switchingMeanings} on meaning."kind" = event."kind"
      where event."seq" > ${known} and event."seq" <= ${seq} and event."at" < ${startsAt}
      group by 1, 2, 3
    ), happened as materialized (
      select late."use", late."usageType", late."since", event."at", event."seq", event."seq" > ${known} as "isLate",
        case when meaning."effect" <= ${sql.lit(effects.ANEW)} then ${shapeOf('event')} end as "shape"
      from late
      join "UsageEvent" event on event."resourceId" = late."resourceId" and event."at" < ${startsAt} and event."seq" <= ${seq}
      join ${switchingMeanings} on meaning."kind" = event."kind" and meaning."usageType" = late."usageType"
    )
    select "use", "usageType", "at", "seq", "shape", "isLate", false as "isBefore" from happened where "at" >= "since"
    union all
    select * from (
      select distinct on ("use") "use", "usageType", "since", "seq", "shape", false, true from happened where "at" < "since"
      order by "use", "at" desc, "seq" desc
    ) before
    union all
    select late."use", late."usageType", late."since", 0, ${shapeOf('open')}, false, true
    from late join "OpenUse" open on open."usageType" = late."usageType" and open."resourceId" = late."resourceId"
    where not exists (select from happened where happened."use" = late."use" and not happened."isLate")`.execute(
    tx,
  );
  await sql`analyze usage_history`.execute(tx);
}
