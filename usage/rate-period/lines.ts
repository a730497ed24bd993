import type { Transaction } from '@nephos/model/database.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql, type RawBuilder } from 'kysely';
import { isLinear, type Band } from '../rate/bands.ts';
import type { ValidTariff } from '../rate/tariff.ts';
import type { Measure } from '../rate/units.ts';
import type { CoverParts } from './covers.ts';
import type { RatedPeriod } from './rate-period.ts';
import type { RatedShape } from './shapes.ts';

/** A tariff that uses of a shape are rated with. */
export interface ChosenTariff {
  shape: RatedShape;
  tariff: ValidTariff;
}

interface RatedRecords {
  period: RatedPeriod;
  /** The attributes by which a record is of a shape. */
  facts: RawBuilder<UsageAttributes>;
  chosen: readonly ChosenTariff[];
  cover: CoverParts;
}

/** What one millisecond, byte or operation counts for: `factorOf` in SQL. */
const factors: Record<Measure, RawBuilder<unknown>> = {
  TIME: sql`1`,
  BYTES: sql`1`,
  OPERATIONS: sql`1`,
  SIZE_TIME: sql`coalesce(("attributes"->>'sizeBytes')::numeric, 0)`,
  CPU_TIME: sql`coalesce(("attributes"->>'cpuCount')::numeric, 0)`,
  MEMORY_TIME: sql`coalesce(("attributes"->>'memoryBytes')::numeric, 0)`,
};

/** Columns of a line that come from its record and its tariff as they are. */
const carried = [
  ...['periodStartsAt', 'recordId', 'usedAt', 'month', 'accountId', 'domainId', 'zoneId', 'usageType'],
  ...['resourceId', 'resourceName', 'tariffId', 'tariffVersionId', 'currency', 'baseAmount', 'unitSize'],
] as const;

const columns = sql.join(carried.map((name) => sql.ref(name)));

/** Writes the lines of a period's records. @returns how many */
export async function writeLines(
  tx: Transaction,
  period: RatedPeriod,
  { facts, chosen, cover }: Omit<RatedRecords, 'period'>,
): Promise<number> {
  const [linear, tiered] = [new Array<ChosenTariff>(), new Array<ChosenTariff>()];
  for (const each of chosen) (isLinear(each.tariff.bands) ? linear : tiered).push(each);
  // Of arrays in a parameter the planner does not know the length, and might go through all of them for each record.
  await sql`set local enable_nestloop = off`.execute(tx);
  const count =
    (await writeLinear(tx, { period, facts, cover, chosen: linear })) +
    (await writeTiered(tx, { period, facts, cover, chosen: tiered }));
  await sql`set local enable_nestloop to default`.execute(tx);
  return count;
}

/** Each use costs the same, whatever came before. */
async function writeLinear(tx: Transaction, records: RatedRecords): Promise<number> {
  if (records.chosen.length === 0) return 0;
  return insertLines(tx, sql`"baseAmount" * "prices"[1]`, measured(records));
}

/** What a use costs depends on what its account used before in the month: `costAfter` in SQL. */
async function writeTiered(tx: Transaction, records: RatedRecords): Promise<number> {
  if (records.chosen.length === 0) return 0;
  const bands = Math.max(...records.chosen.map(({ tariff }) => tariff.bands.length));
  const cost = sql.join(
    Array.from({ length: bands }, (_, index) => costWithin(index + 1)),
    sql` + `,
  );
  const count = await insertLines(
    tx,
    cost,
    sql`
      select measured.*, coalesce(total."baseAmount", 0) + sum(measured."baseAmount") over (
        partition by "accountId", "tariffVersionId", "month" order by "usedAt", "recordId") as "after"
      from (${measured(records)}) as measured
      left join (select "accountId", "tariffVersionId", "month", "baseAmount" from "TariffTotal") as total
        using ("accountId", "tariffVersionId", "month")`,
  );
  const versionIds = [...new Set(records.chosen.map(({ tariff }) => tariff.versionId))];
  await sql`
    insert into "TariffTotal" ("accountId", "tariffVersionId", "month", "baseAmount")
    select "accountId", "tariffVersionId", "month", sum("baseAmount") from "RatedLine"
    where "periodStartsAt" = ${records.period.startsAt} and "tariffVersionId" = any(${versionIds}::text[])
    group by 1, 2, 3 order by 1, 2, 3
    on conflict ("accountId", "tariffVersionId", "month")
    do update set "baseAmount" = "TariffTotal"."baseAmount" + excluded."baseAmount"`.execute(tx);
  return count;
}

/** What the part of a use costs that lies in one band. Of a tariff that has fewer bands it is nothing. */
function costWithin(band: number): RawBuilder<unknown> {
  const [since, until, price] = ['froms', 'untils', 'prices'].map(
    (name) => sql`${sql.ref(name)}[${sql.lit(band)}]`,
  ) as [RawBuilder<unknown>, RawBuilder<unknown>, RawBuilder<unknown>];
  const within = (amount: RawBuilder<unknown>) =>
    band === 1 ? sql`least(${amount}, ${until})` : sql`greatest(least(${amount}, ${until}), ${since})`;
  return sql`coalesce(${price} * (${within(sql`"after"`)} - ${within(sql`"after" - "baseAmount"`)}), 0)`;
}

/** Lines that lie together in the index by account are written one after the other. */
async function insertLines(
  tx: Transaction,
  amount: RawBuilder<unknown>,
  rated: RawBuilder<unknown>,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    insert into "RatedLine" ("id", "amount", ${columns})
    select ${lineId} as "id", ${amount}, ${columns} from (${rated}) as rated order by "accountId", "id"`.execute(
    tx,
  );
  return Number(numAffectedRows);
}

/** Ten digits of the record's id say when; the rest follows from the record and the tariff. */
const lineId = sql`nephos_derived_id('rate_' || substr("recordId", 5, 10), "recordId" || ' ' || "tariffId")`;

/** Where each band ends: where the next one begins. */
const untilsOf = (bands: readonly Band[]) => [
  ...bands.slice(1).map(({ from }) => from.toString()),
  'Infinity',
];

/** Records with their tariffs and base amounts. */
function measured({ period, facts, chosen, cover }: RatedRecords): RawBuilder<unknown> {
  const shapes = chosen.map(({ shape }) => shape);
  const tariffs = [...new Map(chosen.map(({ tariff }) => [tariff.versionId, tariff])).values()];
  const factor = sql.join(
    Object.entries(factors).map(([measure, each]) => sql`when ${measure} then ${each}`),
    sql` `,
  );
  return sql`
    select record."id" as "recordId", record."periodStartsAt", choice."usedAt", choice."month", record."accountId",
      record."domainId", record."zoneId", record."usageType", record."resourceId", record."resourceName",
      tariff.*, record."quantity" * ${cover.uncovered(sql`case "measure" ${factor} end`)} as "baseAmount"
    from (
      select *, ${facts} as "facts", coalesce("correctsPeriod", "periodStartsAt") as "usedAt" from "UsageRecord"
      where "periodStartsAt" = ${period.startsAt}) as record
    join unnest(
      ${shapes.map(({ use }) => use.usageType)}::int[],
      ${shapes.map(({ use }) => use.accountId)}::text[],
      ${shapes.map(({ domainId }) => domainId)}::text[],
      ${shapes.map(({ use }) => use.zoneId)}::text[],
      ${shapes.map(({ use }) => JSON.stringify(use.attributes))}::jsonb[],
      ${shapes.map(({ usedAt }) => usedAt.toISOString())}::timestamptz[],
      ${shapes.map(({ month }) => month)}::text[],
      ${chosen.map(({ tariff }) => tariff.versionId)}::text[]
    ) as choice("usageType", "accountId", "domainId", "zoneId", "facts", "usedAt", "month", "tariffVersionId")
      using ("usageType", "accountId", "domainId", "zoneId", "facts", "usedAt")
    join (
      select "tariffVersionId", "tariffId", "currency", "measure", "unitSize",
        string_to_array("froms", ' ')::numeric[] as "froms", string_to_array("untils", ' ')::numeric[] as "untils",
        string_to_array("prices", ' ')::numeric[] as "prices"
      from unnest(
        ${tariffs.map(({ versionId }) => versionId)}::text[],
        ${tariffs.map(({ id }) => id)}::text[],
        ${tariffs.map(({ currency }) => currency)}::text[],
        ${tariffs.map(({ unit }) => unit.measure)}::text[],
        ${tariffs.map(({ unit }) => unit.size.toString())}::numeric[],
        ${tariffs.map(({ bands }) => bands.map(({ from }) => from.toString()).join(' '))}::text[],
        ${tariffs.map(({ bands }) => untilsOf(bands).join(' '))}::text[],
        ${tariffs.map(({ bands }) => bands.map(({ price }) => price.toString()).join(' '))}::text[]
      ) as version("tariffVersionId", "tariffId", "currency", "measure", "unitSize", "froms", "untils", "prices")
      -- Arrays are made once for each tariff; without this, for each record.
      offset 0
    ) as tariff using ("tariffVersionId")${cover.join}`;
}
