import type { Transaction } from '@nephos/model/database.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { TariffChoice } from '@nephos/usage/rate/choose-tariffs.ts';
import { plannedPrices, type PlannedPrice } from '@nephos/usage/rate/planned-price.ts';
import type { Owner } from '../../identity/access/owner.ts';
import { readTotals, readValidTariffs, withOfferingNames } from './store.ts';

/** What would be used, and whose it would be. */
export interface PlannedUsage {
  owner: Owner;
  zoneId: string;
  uses: readonly { usageType: number; attributes: UsageAttributes; count: number }[];
}

/** What uses that begin now will cost, by the tariffs that are valid now and what their owner used in this month. */
export async function planPrices(
  tx: Transaction,
  { owner, zoneId, uses }: PlannedUsage,
  { at, timeZone }: { at: Date; timeZone: string },
): Promise<PlannedPrice[]> {
  const tariffs = await readValidTariffs(tx, at);
  if (tariffs.length === 0) return [];
  const totals = await readTotals(tx, owner.accountId, wallTimeAt(at, timeZone).date.slice(0, 7));
  const { accountId, lineage } = owner;
  return plannedPrices(
    new TariffChoice(tariffs),
    (await withOfferingNames(tx, uses)).map(({ count, ...use }) => ({
      use: { ...use, accountId, lineage, zoneId },
      count,
    })),
    (versionId) => totals.get(versionId) ?? 0n,
  );
}
