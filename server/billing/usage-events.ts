import type { Database, NewRow, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { usageEventId, type UsageSource } from './event-id.ts';

export type UsageFacts = Omit<NewRow<'UsageEventPending'>, 'position' | 'id' | 'attributes' | 'domainId'> & {
  attributes: UsageAttributes;
  /** Of the account; to be given where that may be gone by now. */
  domainId?: Id<'Domain'>;
  /** What tells of it, where it is not the same for all that are appended together. */
  source?: UsageSource;
};

/**
 * Appends to the usage events, in the transaction of what costs; without one, in one of its own. Where a source is named,
 * its events are stored once, however often they are appended.
 */
export async function appendUsage(
  db: Transaction | Database,
  events: readonly UsageFacts[],
  source?: UsageSource,
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => rowOf(event, source));
  // Always the same statement, with one value: most transactions append one or two, and this takes the least time then.
  await sql`
    insert into "UsageEventPending" ("id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    select "id", "kind", "at", "accountId", coalesce("domainId", (select a."domainId" from "Account" a where a."id" = told."accountId")),
      "zoneId", "resourceId", "resourceName", nephos_with_offering_name("attributes")
    from json_to_recordset(${JSON.stringify(rows)}) as told("id" text, "kind" "UsageEventKind", "at" timestamptz, "accountId" text,
      "domainId" text, "zoneId" text, "resourceId" text, "resourceName" text, "attributes" jsonb)`.execute(
    db,
  );
}

function rowOf({ source, ...event }: UsageFacts, common: UsageSource | undefined) {
  const told = source ?? common;
  return { ...event, id: told === undefined ? newId('UsageEvent') : usageEventId(told, event) };
}
