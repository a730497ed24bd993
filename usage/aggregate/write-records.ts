import type { Transaction } from '@nephos/model/database.ts';
import { derivedIdStem } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { useOf, type Span } from './sum-up.ts';

/** The id of a record: whoever sums up the same use of the same period in the same shape again finds the same. */
export const recordId = (periodStartsAt: Date) =>
  sql`nephos_derived_id(${derivedIdStem('UsageRecord', periodStartsAt)}::text, concat_ws('|', "usageType", "resourceId",
    extract(epoch from "startedAt"), extract(epoch from "correctsPeriod"), "accountId", "domainId", "zoneId", "attributes"))`;

/** What an event says of its use, without how much of it was counted. */
export const lastingAttributes = sql`case when event."attributes" ? 'quantity' then event."attributes" - 'quantity' else event."attributes" end`;

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
 * Writes the records of a period from `usage_sum`.
 * @returns how many
 */
export async function writeRecords(tx: Transaction, { startsAt, endsAt }: Span): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into "UsageRecord" ("id", "periodStartsAt", ${recordColumns})
    select ${recordId(startsAt)}, ${startsAt}, ${recordColumns}
    from (
      select usage_sum."usageType", event."accountId", event."domainId", event."zoneId", event."resourceId", event."resourceName",
        ${lastingAttributes} as "attributes", usage_sum."startedAt", usage_sum."endedAt", usage_sum."quantity", null::timestamptz as "correctsPeriod"
      from usage_sum join "UsageEvent" event on event."seq" = usage_sum."seq" and event."at" >= ${startsAt} and event."at" < ${endsAt}
      where usage_sum."seq" > 0 and usage_sum."shape" is not null and usage_sum."quantity" > 0
      union all
      select usage_sum."usageType", open."accountId", open."domainId", open."zoneId", open."resourceId", open."resourceName",
        open."attributes", usage_sum."startedAt", usage_sum."endedAt", usage_sum."quantity", null
      from usage_sum join "OpenUse" open on ${useOf('open')} = usage_sum."use"
      where usage_sum."seq" = 0 and usage_sum."shape" is not null and usage_sum."quantity" > 0
    ) summed`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
