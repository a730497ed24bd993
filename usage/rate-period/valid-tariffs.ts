import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { validTariff, type StoredTariff, type ValidTariff } from '../rate/tariff.ts';

/** Tariffs with the version that is valid at a moment. */
export async function readValidTariffs(db: Database | Transaction, at: Date): Promise<ValidTariff[]> {
  const { rows } = await sql<StoredTariff>`select * from nephos_valid_tariffs(${at})`.execute(db);
  return rows.map(validTariff);
}

/**
 * The first moment after `after` and before `before` at which any price changes, or something paid for in advance begins or
 * ends. A period that ends there has one price, whatever its length.
 */
export async function findPriceChange(
  db: Database | Transaction,
  { after, before }: { after: Date; before: Date },
): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select min("at") as "at" from (
      select "validFrom" as "at" from "TariffVersion" union all select "endsAt" from "Tariff"
      union all select "startsAt" from "PrepaidTerm" union all select "endsAt" from "PrepaidTerm") as changes
    where "at" > ${after} and "at" < ${before}`.execute(db);
  return rows[0]?.at ?? undefined;
}
