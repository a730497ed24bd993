import type { Transaction } from '@nephos/model/database.ts';
import { derivedIdStem } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Span } from './span.ts';
import { lastingAttributes, thingOf } from './use-keys.ts';

/** The id of a record: whoever sums up the same use of the same period in the same shape again finds the same. */
export const recordId = (periodStartsAt: Date) =>
  sql`nephos_derived_id(${derivedIdStem('UsageRecord', periodStartsAt)}::text, int8send("thing") || int4send("usageType")
    || int8send("shape") || timestamptz_send("startedAt") || coalesce(timestamptz_send("correctsPeriod"), ''))`;

/** Columns of a record that say what it is of and how much. */
export const recordColumns = sql.raw(
  [
    'usageType',
    'accountId',
    'domainId',
    'zoneId',
    'resourceId',
    'resourceName',
    'attributes',
    'startedAt',
    'endedAt',
    'quantity',
  ]
    .map((name) => `"${name}"`)
    .join(', '),
);

/**
 * Writes the records of a period from `usage_sum` and `usage_told`, in the order of the things: the index by them says no more
 * than which pages to look at.
 * @returns how many
 */
export async function writeRecords(tx: Transaction, { startsAt }: Span): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into "UsageRecord" ("id", "periodStartsAt", ${recordColumns})
    select ${recordId(startsAt)}, ${startsAt}, ${recordColumns}
    from (
      select usage_sum.*, event."accountId", event."domainId", event."zoneId", event."resourceId", event."resourceName",
        ${lastingAttributes} as "attributes", null::timestamptz as "correctsPeriod"
      from usage_sum join usage_told event on event."seq" = usage_sum."seq"
      where usage_sum."shape" is not null and usage_sum."quantity" > 0
      union all
      select usage_sum.*, open."accountId", open."domainId", open."zoneId", open."resourceId", open."resourceName",
        open."attributes", null
      from usage_sum join "OpenUse" open on ${thingOf('open')} = usage_sum."thing" and open."usageType" = usage_sum."usageType"
      where usage_sum."seq" = 0 and usage_sum."shape" is not null and usage_sum."quantity" > 0
    ) summed order by "resourceId"`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
