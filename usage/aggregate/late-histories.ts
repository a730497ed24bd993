import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { effects, switchingMeanings } from './event-meanings.ts';
import type { Span } from './span.ts';
import { shapeOf, thingOf } from './use-keys.ts';

/** Order of what happened to a use; what it was in before comes first. */
export const inOrder = sql`"at", "isBefore" desc, "seq"`;

/**
 * Makes the table `usage_history` of this transaction: of each use that late events are about, in what it was before the
 * first of them (`isBefore`), and what happened from then on. `isLate` tells what was not known when the last period was
 * closed.
 *
 * In what it was before says the last event before; where that is so old that it is not kept any more, `EarlierUse` does
 * (`seq` is 0 then).
 */
export async function findHistories(tx: Transaction, span: Span): Promise<void> {
  const { startsAt, seq, known, keptFrom } = span;
  await sql`
    create temp table usage_history on commit drop as
    with late as materialized (
      select ${thingOf('event')} as "thing", meaning."usageType", event."resourceId", event."zoneId", min(event."at") as "since"
      from "UsageEvent" event join ${switchingMeanings} on meaning."kind" = event."kind"
      where event."seq" > ${known} and event."seq" <= ${seq} and event."at" >= ${keptFrom} and event."at" < ${startsAt}
      group by 1, 2, 3, 4
    ), happened as materialized (
      select late."thing", late."usageType", late."since", event."at", event."seq", event."seq" > ${known} as "isLate",
        case when meaning."effect" <= ${sql.lit(effects.ANEW)} then ${shapeOf('event')} end as "shape"
      from late
      join "UsageEvent" event on event."resourceId" = late."resourceId" and event."zoneId" = late."zoneId"
        and event."at" >= ${keptFrom} and event."at" < ${startsAt} and event."seq" <= ${seq}
      join ${switchingMeanings} on meaning."kind" = event."kind" and meaning."usageType" = late."usageType"
    )
    select "thing", "usageType", "at", "seq", "shape", "isLate", false as "isBefore" from happened where "at" >= "since"
    union all
    select * from (
      select distinct on ("thing", "usageType") "thing", "usageType", "since", "seq", "shape", false, true
      from happened where "at" < "since"
      order by "thing", "usageType", "at" desc, "seq" desc
    ) before
    union all
    select late."thing", late."usageType", late."since", 0, ${shapeOf('earlier')}, false, true
    from late join "EarlierUse" earlier using ("usageType", "resourceId", "zoneId")
    where not exists (
      select from happened where happened."thing" = late."thing" and happened."usageType" = late."usageType" and "at" < happened."since")`.execute(
    tx,
  );
  await sql`analyze usage_history`.execute(tx);
}
