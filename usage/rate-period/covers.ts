import type { Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Measure } from '../rate/units.ts';

/** Parts of the statement that measures records; nothing where nothing is paid for in advance. */
export interface CoverParts {
  /** Joins `cover` to `record` and `tariff`. */
  join: RawBuilder<unknown>;
  /** What one millisecond counts for beyond what is covered: `uncoveredFactor` in SQL. */
  uncovered(factor: RawBuilder<unknown>): RawBuilder<unknown>;
}

const none: CoverParts = { join: sql``, uncovered: (factor) => factor };

const attribute = (name: string) => sql`coalesce((record."attributes"->>${sql.lit(name)})::numeric, 0)`;

const isWithin = sql`${attribute('cpuCount')} <= coalesce(cover."cpuCount", 0)
  and ${attribute('memoryBytes')} <= coalesce(cover."memoryBytes", 0)
  and ${attribute('sizeBytes')} <= coalesce(cover."sizeBytes", 0)`;

const covered: Record<Measure, RawBuilder<unknown>> = {
  TIME: sql`case when cover."paidTariffId" = tariff."tariffId" or (${isWithin}) then 1 else 0 end`,
  CPU_TIME: sql`coalesce(cover."cpuCount", 0)`,
  MEMORY_TIME: sql`coalesce(cover."memoryBytes", 0)`,
  SIZE_TIME: sql`coalesce(cover."sizeBytes", 0)`,
  BYTES: sql`0`,
  OPERATIONS: sql`0`,
};

/**
 * What is paid for in advance at any of these moments. Of tariffs with the same charge one applies, so what is paid for is
 * covered by whichever that is; and once, even if it was paid for twice.
 */
export async function coverParts(tx: Transaction, moments: readonly Date[]): Promise<CoverParts> {
  const asked = sql`unnest(${moments.map((at) => at.toISOString())}::timestamptz[]) as moment("usedAt")
    join "PrepaidTerm" term on term."startsAt" <= moment."usedAt" and term."endsAt" > moment."usedAt"`;
  const { rows } = await sql`select from ${asked} limit 1`.execute(tx);
  if (rows.length === 0) return none;
  const measures = sql.join(
    Object.entries(covered).map(([measure, each]) => sql`when ${measure} then ${each}`),
    sql` `,
  );
  return {
    join: sql`
      left join (
        select distinct on (1, 2, 3, 4) moment."usedAt", paid."resourceId", paid."usageType", rated."id" as "tariffId",
          paid."tariffId" as "paidTariffId", paid."cpuCount", paid."memoryBytes", paid."sizeBytes"
        from ${asked} join "PrepaidCover" paid on paid."termId" = term."id"
        join "Tariff" rated on rated."usageType" = paid."usageType" and rated."charge" = paid."charge"
        order by 1, 2, 3, 4, term."id"
      ) as cover on cover."resourceId" = record."resourceId" and cover."usageType" = record."usageType"
        and cover."tariffId" = tariff."tariffId" and cover."usedAt" = record."usedAt"`,
    uncovered: (factor) =>
      sql`case when cover."tariffId" is null then ${factor}
        else greatest(${factor} - case "measure" ${measures} end, 0) end`,
  };
}
