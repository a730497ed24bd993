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

/** What one of several uses will cost. */
export interface PlannedPart extends PlannedUse {
  perHour: Money;
  /** For 730 hours. */
  perMonth: Money;
}

/** What uses will cost in one currency, from now on. */
export interface PlannedPrice {
  /** ISO 4217. */
  currency: string;
  perHour: Money;
  /** For 730 hours. */
  perMonth: Money;
  /** What it is made of, in the order of the uses: those that have a price. Sums of them are the whole. */
  parts: PlannedPart[];
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
    .map(([currency, ofHour]) => {
      const parts = [...ofHour].map(([use, perHour]): PlannedPart => {
        return { ...use, perHour, perMonth: month.get(currency)?.get(use) ?? noMoney };
      });
      const sum = (of: 'perHour' | 'perMonth') =>
        parts.reduce((total, part) => addMoney(total, part[of]), noMoney);
      return { currency, perHour: sum('perHour'), perMonth: sum('perMonth'), parts };
    })
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Prices by currency and use. Uses of one plan stand behind each other in the tiers. */
function pricesFor(
  milliseconds: bigint,
  choice: TariffChoice,
  uses: readonly PlannedUse[],
  usedOf: (versionId: string) => bigint,
): Map<string, Map<PlannedUse, Money>> {
  const planned = new Map<string, bigint>();
  const prices = new Map<string, Map<PlannedUse, Money>>();
  for (const each of uses) {
    const { use, count } = each;
    for (const { versionId, currency, unit, bands } of choice.for(use)) {
      const before = planned.get(versionId) ?? usedOf(versionId);
      const amount = BigInt(count) * milliseconds * factorOf(unit.measure, use.attributes);
      planned.set(versionId, before + amount);
      const cost = { numerator: costAfter(bands, before, amount), denominator: unit.size };
      const ofCurrency = prices.get(currency) ?? new Map<PlannedUse, Money>();
      ofCurrency.set(each, addMoney(ofCurrency.get(each) ?? noMoney, cost));
      prices.set(currency, ofCurrency);
    }
  }
  return prices;
}
