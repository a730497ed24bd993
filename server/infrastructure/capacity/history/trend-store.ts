import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** Writes down what the samples say, over what they said before. */
export async function writeTrends(tx: Transaction, trends: readonly Row<'CapacityTrend'>[]): Promise<void> {
  if (trends.length === 0) return;
  await sql`
    insert into "CapacityTrend" ("scopeId", "resource", "kind", "perDay", "since", "at")
    select * from unnest(${trends.map(({ scopeId }) => scopeId)}::text[],
      ${trends.map(({ resource }) => resource)}::"CapacityResource"[],
      ${trends.map(({ kind }) => kind)}::"CapacityTrendKind"[], ${trends.map(({ perDay }) => perDay)}::float8[],
      ${trends.map(({ since }) => since)}::timestamptz[], ${trends.map(({ at }) => at)}::timestamptz[])
    on conflict ("scopeId", "resource") do update set "kind" = excluded."kind", "perDay" = excluded."perDay",
      "since" = excluded."since", "at" = excluded."at"`.execute(tx);
}

/** Forgets trends of what is gone: nothing was written down of it for long. */
export async function removeTrendsBefore(tx: Transaction, before: Date): Promise<void> {
  await tx.deleteFrom('CapacityTrend').where('at', '<', before).execute();
}

/** Trends of each of some parts of the cloud. */
export async function trendsOf(
  db: Database,
  scopeIds: readonly string[],
): Promise<Map<string, Row<'CapacityTrend'>[]>> {
  const rows = await db
    .selectFrom('CapacityTrend')
    .selectAll()
    .where('scopeId', 'in', [...scopeIds])
    .execute();
  return Map.groupBy(rows, ({ scopeId }) => scopeId);
}
