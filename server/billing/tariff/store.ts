import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { validTariff, type StoredTariff, type ValidTariff } from '@nephos/usage/rate/tariff.ts';

/** A version, and until when it is valid. */
export interface VersionRow extends Row<'TariffVersion'> {
  /** When the next one begins, or the tariff ends. */
  validUntil: Date | null;
}

/** Versions by tariff, the oldest first. */
export async function readVersions(
  db: Database,
  tariffIds: readonly string[],
): Promise<Map<string, VersionRow[]>> {
  const { rows } = await sql<VersionRow>`
    select v.*, least(lead(v."validFrom") over (partition by v."tariffId" order by v."validFrom"), t."endsAt") as "validUntil"
    from "TariffVersion" v join "Tariff" t on t."id" = v."tariffId"
    where v."tariffId" = any(${tariffIds}::text[]) order by v."tariffId", v."validFrom"`.execute(db);
  return Map.groupBy(rows, ({ tariffId }) => tariffId as string);
}

/** Tariffs with the version that is valid at a moment. */
export async function readValidTariffs(tx: Transaction, at: Date): Promise<ValidTariff[]> {
  const { rows } = await sql<StoredTariff>`select * from nephos_valid_tariffs(${at})`.execute(tx);
  return rows.map(validTariff);
}

/** Uses as their usage events would describe them: with the names of their offerings. */
export async function withOfferingNames<Use extends { attributes: UsageAttributes }>(
  tx: Transaction,
  uses: readonly Use[],
): Promise<Use[]> {
  const { rows } = await sql<{ attributes: UsageAttributes }>`
    select nephos_with_offering_name("attributes") as "attributes"
    from jsonb_array_elements(${JSON.stringify(uses.map(({ attributes }) => attributes))}::jsonb)
      with ordinality as each("attributes", "place") order by "place"`.execute(tx);
  return uses.map((use, index) => ({ ...use, ...rows[index] }));
}

/** How much an account used in a month, by version, of those whose price depends on it. In base amounts. */
export async function readTotals(
  tx: Transaction,
  accountId: string,
  month: string,
): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ tariffVersionId: string; baseAmount: string }>`
    select "tariffVersionId", "baseAmount" from "TariffTotal"
    where "accountId" = ${accountId} and "month" = ${month}`.execute(tx);
  return new Map(rows.map(({ tariffVersionId, baseAmount }) => [tariffVersionId, BigInt(baseAmount)]));
}
