import { costAfter } from './bands.ts';
import type { TariffChoice } from './choose-tariffs.ts';
import { addMoney, noMoney, type Money } from './money.ts';
import { plannedTimes } from './units.ts';
import { factorOf, type UseShape } from './use.ts';

/** Something that will be used without a pause. */
export interface PlannedUse {
  use: UseShape;
  /** How many of it. */
  count: number;
}

/** What uses will cost in one currency, from now on. */
export interface PlannedPrice {
  /** ISO 4217. */
  currency: string;
  perHour: Money;
  /** For 730 hours. */
  perMonth: Money;
}

/**
 * What uses will cost together, by currency: none where nothing has a price.
 * @param usedOf what the account used in this month already at a version, in base amounts
 */
export function plannedPrices(
  choice: TariffChoice,
  uses: readonly PlannedUse[],
  usedOf: (versionId: string) => bigint,
): PlannedPrice[] {
  const hour = pricesFor(plannedTimes.hour, choice, uses, usedOf);
  const month = pricesFor(plannedTimes.month, choice, uses, usedOf);
  return [...hour]
    .map(([currency, perHour]) => ({ currency, perHour, perMonth: month.get(currency) ?? noMoney }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Uses of one plan stand behind each other in the tiers. */
function pricesFor(
  milliseconds: bigint,
  choice: TariffChoice,
  uses: readonly PlannedUse[],
  usedOf: (versionId: string) => bigint,
): Map<string, Money> {
  const planned = new Map<string, bigint>();
  const prices = new Map<string, Money>();
  for (const { use, count } of uses) {
    for (const { versionId, currency, unit, bands } of choice.for(use)) {
      const before = planned.get(versionId) ?? usedOf(versionId);
      const amount = BigInt(count) * milliseconds * factorOf(unit.measure, use.attributes);
      planned.set(versionId, before + amount);
      const cost = { numerator: costAfter(bands, before, amount), denominator: unit.size };
      prices.set(currency, addMoney(prices.get(currency) ?? noMoney, cost));
    }
  }
  return prices;
}
