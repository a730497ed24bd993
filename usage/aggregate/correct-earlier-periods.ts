import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { countingMeanings } from './event-meanings.ts';
import { findHistories, inOrder } from './late-histories.ts';
import { carryOver } from './open-uses.ts';
import type { Span } from './span.ts';
import { lastingAttributes, shapeOf, thingOf } from './use-keys.ts';
import { recordColumns, recordId } from './write-records.ts';

/** What came too late, and what became of it. */
export interface Late {
  events: number;
  /** Records that correct earlier periods. */
  records: number;
}

/**
 * Events that were numbered since the last period was closed and belong before the end of it change what is known of
 * earlier periods. What they change is written as differences, into the period that is being closed; and `OpenUse` becomes
 * what went on at its beginning. Those of a time of which no events are kept any more change nothing.
 */
export async function correctEarlierPeriods(tx: Transaction, span: Span): Promise<Late> {
  const { startsAt, seq, known } = span;
  const { rows } = await sql<{ events: number }>`
    select count(*)::int as "events" from "UsageEvent" where "seq" > ${known} and "seq" <= ${seq} and "at" < ${startsAt}`.execute(
    tx,
  );
  const events = rows[0]?.events ?? 0;
  if (events === 0) return { events: 0, records: 0 };
  await findHistories(tx, span);
  await sumUpDifferences(tx, span);
  await sumUpLateCounts(tx, span);
  const records = await writeCorrections(tx, span);
  await carryOver(
    tx,
    'OpenUse',
    sql`(select distinct on ("thing", "usageType") * from usage_history order by "thing", "usageType", "at" desc, "isBefore", "seq" desc)`,
    sql`(select * from "UsageEvent" where "at" < ${startsAt})`,
  );
  return { events, records };
}

/** Makes `usage_difference`: of each closed period, use and shape, what is known now less what was known then. */
async function sumUpDifferences(tx: Transaction, { startsAt }: Span): Promise<void> {
  const until = sql`lead("at", 1, ${startsAt}::timestamptz) over (partition by "thing", "usageType" order by ${inOrder})`;
  await sql`
    create temp table usage_difference on commit drop as
    select piece."thing", piece."usageType", piece."shape", period."startsAt" as "correctsPeriod",
      min(greatest(piece."at", period."startsAt")) as "startedAt",
      max(least(piece."until", period."endsAt")) as "endedAt",
      (extract(epoch from sum((least(piece."until", period."endsAt") - greatest(piece."at", period."startsAt")) * piece."sign")) * 1000)::bigint as "quantity",
      max(piece."seq") as "seq"
    from (
      select "thing", "usageType", "shape", "seq", "at", 1 as "sign", ${until} as "until" from usage_history
      union all
      select "thing", "usageType", "shape", "seq", "at", -1, ${until} from usage_history where not "isLate"
    ) piece
    join "UsagePeriod" period on period."startsAt" < piece."until" and period."endsAt" > piece."at"
    where piece."shape" is not null
    group by 1, 2, 3, 4`.execute(tx);
}

async function sumUpLateCounts(tx: Transaction, span: Span): Promise<void> {
  const { startsAt, seq, known, keptFrom } = span;
  await sql`
    insert into usage_difference
    select ${thingOf('event')}, meaning."usageType",
      ${shapeOf('event', sql`event."attributes" - 'quantity'`)}, period."startsAt",
      min(event."at"), max(event."at"), sum((event."attributes"->>'quantity')::numeric)::bigint, max(event."seq")
    from "UsageEvent" event
    join ${countingMeanings} on meaning."kind" = event."kind"
    join "UsagePeriod" period on period."startsAt" <= event."at" and period."endsAt" > event."at"
    where event."seq" > ${known} and event."seq" <= ${seq} and event."at" >= ${keptFrom} and event."at" < ${startsAt}
    group by 1, 2, 3, 4`.execute(tx);
}

async function writeCorrections(tx: Transaction, { startsAt }: Span): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into "UsageRecord" ("id", "periodStartsAt", "correctsPeriod", ${recordColumns})
    select ${recordId(startsAt)}, ${startsAt}, "correctsPeriod", ${recordColumns}
    from (
      select difference.*, event."accountId", event."domainId", event."zoneId", event."resourceId", event."resourceName",
        ${lastingAttributes} as "attributes"
      from usage_difference difference join "UsageEvent" event on event."seq" = difference."seq"
      where difference."quantity" <> 0
      union all
      select difference.*, earlier."accountId", earlier."domainId", earlier."zoneId", earlier."resourceId", earlier."resourceName",
        earlier."attributes"
      from usage_difference difference
      join "EarlierUse" earlier on ${thingOf('earlier')} = difference."thing" and earlier."usageType" = difference."usageType"
      where difference."seq" = 0 and difference."quantity" <> 0
    ) corrected`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
