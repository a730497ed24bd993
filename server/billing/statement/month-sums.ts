import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { StatementPrice } from '@nephos/model/shapes/statement.ts';
import { sql } from 'kysely';
import type { MonthSum } from './compose.ts';

/** One statement's worth: what an account used in a month, in one currency. */
export type StatementKey = Pick<Row<'Statement'>, 'accountId' | 'month' | 'currency'>;

/** When a billing month begins and ends. */
export interface MonthBounds {
  startsAt: Date;
  /** Not part of it. */
  endsAt: Date;
}

/** The bounds of a month, `2026-11`, by the clocks of a time zone. */
export async function readMonthBounds(
  db: Database | Transaction,
  month: string,
  timeZone: string,
): Promise<MonthBounds> {
  const { rows } = await sql<MonthBounds>`
    select "first" at time zone ${timeZone} as "startsAt",
      ("first" + interval '1 month') at time zone ${timeZone} as "endsAt"
    from (select ${`${month}-01`}::timestamp as "first") as month`.execute(db);
  const [bounds] = rows;
  if (bounds === undefined) throw new Error(`${month} has no bounds`);
  return bounds;
}

/** The time zone may have been another when a period was closed, by a day at most; partitions before hold no such line. */
export const earliestOf = ({ startsAt }: MonthBounds) => new Date(startsAt.getTime() - 2 * 86_400_000);

interface SumRow extends Omit<MonthSum, 'amount' | 'price' | 'baseAmount' | 'unitSize'> {
  amount: string;
  baseAmount: string;
  unitSize: string;
  tiers: StatementPrice['tiers'];
  includedUnits: string;
}

/**
 * What an account used in a month, summed up by type, price and zone, exactly.
 * @param rated lines that periods brought which begin within this
 */
export async function readMonthSums(
  db: Database | Transaction,
  { accountId, month, currency }: StatementKey,
  rated: { from: Date; until: Date },
): Promise<MonthSum[]> {
  const { rows } = await sql<SumRow>`
    select line."usageType", line."tariffVersionId", line."zoneId", line."unitSize", line."baseAmount", line."amount",
      line."resourceCount", tariff."name" as "label", version."unit", version."tiers",
      version."includedUnits"::text as "includedUnits", coalesce(zone."name", line."zoneId") as "zoneName"
    from (
      select "usageType", "tariffVersionId", "zoneId", "unitSize", sum("baseAmount") as "baseAmount",
        sum("amount") as "amount", count(distinct "resourceId")::int as "resourceCount"
      from "RatedLine"
      where "accountId" = ${accountId} and "month" = ${month} and "currency" = ${currency}
        and "periodStartsAt" >= ${rated.from} and "periodStartsAt" < ${rated.until}
      group by 1, 2, 3, 4) as line
    join "TariffVersion" version on version."id" = line."tariffVersionId"
    join "Tariff" tariff on tariff."id" = version."tariffId"
    left join "Zone" zone on zone."id" = line."zoneId"
    order by line."usageType", tariff."name", version."validFrom", "zoneName", line."zoneId"`.execute(db);
  return rows.map(({ amount, tiers, includedUnits, ...sum }) => ({
    ...sum,
    amount: { numerator: BigInt(amount), denominator: BigInt(sum.unitSize) },
    price: { tiers, included: includedUnits },
  }));
}
