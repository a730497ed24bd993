import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { CapacityResource } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';

/** Hours are kept as long as trends look back, and some more; then one a day, for a year. */
const hoursKept = '35 days';
const daysKept = '366 days';

/** The hour that was written down last; `undefined` when none was. */
export async function lastSampleAt(db: Database | Transaction): Promise<Date | undefined> {
  const row = await db
    .selectFrom('CapacitySample')
    .select(({ fn }) => fn.max('at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

export async function insertSamples(
  tx: Transaction,
  samples: readonly Row<'CapacitySample'>[],
): Promise<void> {
  if (samples.length === 0) return;
  await sql`
    insert into "CapacitySample" ("scopeId", "resource", "at", "amount", "total")
    select * from unnest(${samples.map(({ scopeId }) => scopeId)}::text[],
      ${samples.map(({ resource }) => resource)}::"CapacityResource"[], ${samples.map(({ at }) => at)}::timestamptz[],
      ${samples.map(({ amount }) => amount)}::bigint[], ${samples.map(({ total }) => total)}::bigint[])
    on conflict do nothing`.execute(tx);
}

/** Of each day that is long over the first sample stays, and of days of last year none. */
export async function thinSamples(tx: Transaction, now: Date): Promise<void> {
  await sql`
    delete from "CapacitySample" s where s."at" < ${now}::timestamptz - ${sql.lit(hoursKept)}::interval and (
      s."at" < ${now}::timestamptz - ${sql.lit(daysKept)}::interval or exists (
        select from "CapacitySample" first where first."scopeId" = s."scopeId" and first."resource" = s."resource"
          and first."at" < s."at" and first."at" >= date_trunc('day', s."at", 'UTC')))`.execute(tx);
}

/** Samples of parts of the cloud since a moment, oldest first. */
export function readSamples(
  db: Database | Transaction,
  { scopeIds, resource, since }: { scopeIds: readonly string[]; resource?: CapacityResource; since: Date },
): Promise<Row<'CapacitySample'>[]> {
  return db
    .selectFrom('CapacitySample')
    .selectAll()
    .where('scopeId', 'in', [...scopeIds])
    .where(
      sql<boolean>`(${resource ?? null}::"CapacityResource" is null or "resource" = ${resource ?? null})`,
    )
    .where('at', '>=', since)
    .orderBy('at')
    .execute();
}
