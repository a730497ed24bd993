import type { Transaction } from '@nephos/model/database.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import type { ValidTariff } from '@nephos/usage/rate/tariff.ts';
import type { Measure } from '@nephos/usage/rate/units.ts';
import type { UseShape } from '@nephos/usage/rate/use.ts';
import { sql } from 'kysely';

/** A stretch of a month in which prices stay as they are. */
export interface Stretch {
  startsAt: Date;
  /** Not part of it. */
  endsAt: Date;
}

/** What was used in one shape within a stretch, in base amounts of each measure. */
export interface MonthUse {
  use: UseShape;
  /** Number of the stretch. */
  stretch: number;
  amounts: Record<Measure, bigint>;
}

type UseRow = Omit<UseShape, 'lineage'> & {
  lineage: string[] | null;
  domainId: string;
  stretch: number;
} & Record<'time' | 'cpuTime' | 'memoryTime' | 'sizeTime', string>;

/** Stretches of a month between which a price of a usage type changes. */
export async function readStretches(
  tx: Transaction,
  { startsAt, endsAt }: Stretch,
  usageType: number,
): Promise<Stretch[]> {
  const { rows } = await sql<{ at: Date }>`
    select distinct "at" from (
      select v."validFrom" as "at" from "TariffVersion" v join "Tariff" t on t."id" = v."tariffId" where t."usageType" = ${usageType}
      union all select "endsAt" from "Tariff" where "usageType" = ${usageType}) as changes
    where "at" > ${startsAt} and "at" < ${endsAt} order by 1`.execute(tx);
  const bounds = [startsAt, ...rows.map(({ at }) => at), endsAt];
  return bounds.slice(1).map((end, index) => ({ startsAt: bounds[index] ?? startsAt, endsAt: end }));
}

/**
 * What was used of a type in a month, but for what was paid for in advance. Records are added up by all that the choice
 * among these tariffs depends on.
 */
export async function readMonthUses(
  tx: Transaction,
  stretches: readonly Stretch[],
  { usageType, charge, tariffs }: { usageType: number; charge: string; tariffs: readonly ValidTariff[] },
): Promise<MonthUse[]> {
  const [startsAt, endsAt] = [stretches[0]?.startsAt, stretches.at(-1)?.endsAt];
  const names = [...new Set(tariffs.flatMap(({ looksAt }) => looksAt))];
  const facts =
    names.length === 0
      ? sql`'{}'::jsonb`
      : sql`jsonb_build_object(${sql.join(names.map((name) => sql`${sql.lit(name)}, "attributes"->${sql.lit(name)}`))})`;
  const amount = (name: string) =>
    sql`sum("quantity" * coalesce(("attributes"->>${sql.lit(name)})::numeric, 0))`;
  const { rows } = await sql<UseRow>`
    select uses.*, nephos_domain_lineage(uses."domainId") as "lineage" from (
      select "accountId", "domainId", "zoneId", ${facts} as "attributes",
        width_bucket("usedAt", ${stretches.map((each) => each.startsAt.toISOString())}::timestamptz[]) - 1 as "stretch",
        sum("quantity") as "time", ${amount('cpuCount')} as "cpuTime", ${amount('memoryBytes')} as "memoryTime",
        ${amount('sizeBytes')} as "sizeTime"
      from (
        select *, coalesce("correctsPeriod", "periodStartsAt") as "usedAt" from "UsageRecord"
        where "usageType" = ${usageType} and "periodStartsAt" >= ${startsAt}) as record
      where "usedAt" < ${endsAt} and "usedAt" >= ${startsAt} and not exists (
        select from "PrepaidCover" paid join "PrepaidTerm" term on term."id" = paid."termId"
        where paid."resourceId" = record."resourceId" and paid."usageType" = record."usageType"
          and paid."charge" = ${charge} and term."startsAt" <= record."usedAt" and term."endsAt" > record."usedAt")
      group by 1, 2, 3, 4, 5) as uses`.execute(tx);
  return rows.map(({ accountId, zoneId, domainId, lineage, attributes, stretch, ...sums }) => {
    const time = BigInt(sums.time);
    return {
      use: {
        usageType,
        accountId,
        zoneId,
        lineage: lineage ?? [domainId],
        attributes: presentIn(attributes),
      },
      stretch,
      amounts: {
        ...{ TIME: time, BYTES: time, OPERATIONS: time, CPU_TIME: BigInt(sums.cpuTime) },
        ...{ MEMORY_TIME: BigInt(sums.memoryTime), SIZE_TIME: BigInt(sums.sizeTime) },
      },
    };
  });
}

/** What a record does not have is null here. */
function presentIn(attributes: UsageAttributes): UsageAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}
