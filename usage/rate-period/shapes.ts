import type { Transaction } from '@nephos/model/database.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql, type RawBuilder } from 'kysely';
import type { ValidTariff } from '../rate/tariff.ts';
import type { UseShape } from '../rate/use.ts';
import type { RatedPeriod } from './rate-period.ts';

/** Uses of a period that are rated alike. */
export interface RatedShape {
  use: UseShape;
  domainId: string;
  usedAt: Date;
  /** The billing month: `2026-11`. */
  month: string;
}

interface ShapeRow extends Omit<UseShape, 'lineage'> {
  domainId: string;
  usedAt: Date;
  month: string;
}

/**
 * The attributes of a record that the choice among tariffs depends on, as an object in which those that the record does
 * not have are null. The fewer they are, the fewer shapes there are to choose for.
 */
export function factsOf(tariffs: readonly ValidTariff[]): RawBuilder<UsageAttributes> {
  const names = new Map<number, Set<string>>();
  for (const { usageType, looksAt } of tariffs)
    names.set(usageType, new Set([...(names.get(usageType) ?? []), ...looksAt]));
  const cases = [...names]
    .filter(([, each]) => each.size > 0)
    .map(([usageType, each]) => {
      const pairs = [...each].map((name) => sql`${sql.lit(name)}, "attributes"->${sql.lit(name)}`);
      return sql`when "usageType" = ${sql.lit(usageType)} then jsonb_build_object(${sql.join(pairs)})`;
    });
  return cases.length === 0
    ? sql<UsageAttributes>`'{}'::jsonb`
    : sql<UsageAttributes>`case ${sql.join(cases, sql` `)} else '{}'::jsonb end`;
}

/** Every shape, once, of uses that have any tariff. */
export async function readShapes(
  tx: Transaction,
  { startsAt, timeZone }: RatedPeriod,
  facts: RawBuilder<UsageAttributes>,
  tariffs: readonly ValidTariff[],
): Promise<RatedShape[]> {
  const usageTypes = [...new Set(tariffs.map(({ usageType }) => usageType))];
  const { rows } = await sql<ShapeRow>`
    select shape.*, to_char("usedAt" at time zone
      coalesce((select "timeZone" from "UsagePeriod" where "startsAt" = "usedAt"), ${timeZone}), 'YYYY-MM') as "month"
    from (
      select "usageType", "accountId", "domainId", "zoneId", ${facts} as "attributes",
        coalesce("correctsPeriod", "periodStartsAt") as "usedAt"
      from "UsageRecord" where "periodStartsAt" = ${startsAt} and "usageType" = any(${usageTypes}::int[])
      group by 1, 2, 3, 4, 5, 6
    ) as shape`.execute(tx);
  const lineages = await readLineages(tx, [...new Set(rows.map(({ domainId }) => domainId))]);
  return rows.map(({ domainId, usedAt, month, ...use }) => ({
    use: { ...use, lineage: lineages.get(domainId) ?? [domainId] },
    domainId,
    usedAt,
    month,
  }));
}

/** Of domains that are gone, as they were. */
async function readLineages(tx: Transaction, domainIds: string[]): Promise<Map<string, readonly string[]>> {
  const { rows } = await sql<{ id: string; lineage: string[] | null }>`
    select "id", nephos_domain_lineage("id") as "lineage" from unnest(${domainIds}::text[]) as asked("id")`.execute(
    tx,
  );
  return new Map(rows.map(({ id, lineage }) => [id, lineage ?? [id]]));
}
