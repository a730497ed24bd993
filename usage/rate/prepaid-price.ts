import { costAfter, type Band } from './bands.ts';
import type { TariffChoice } from './choose-tariffs.ts';
import { addMoney, noMoney, type Money } from './money.ts';
import type { ValidTariff } from './tariff.ts';
import { plannedTimes } from './units.ts';
import { factorOf, type UseShape } from './use.ts';

/** A use with a tariff that it will be paid for in advance by. */
export interface PaidUse<Use extends UseShape> {
  use: Use;
  tariff: ValidTariff;
}

/** What uses cost in one currency when they are paid for in advance. */
export interface MonthPrice<Use extends UseShape> {
  /** ISO 4217. */
  currency: string;
  /** For 730 hours of all of them. */
  price: Money;
  paid: PaidUse<Use>[];
}

/**
 * What a month of uses costs, by currency, if they are paid for in advance. Included amounts stay for what is paid as it
 * is used, so prices begin where those end; uses stand behind each other in the tiers.
 */
export function monthPrices<Use extends UseShape>(
  choice: TariffChoice,
  uses: readonly Use[],
): MonthPrice<Use>[] {
  const months = new Map<string, MonthPrice<Use>>();
  const used = new Map<string, bigint>();
  for (const use of uses) {
    for (const tariff of choice.for(use)) {
      const { versionId, currency, unit, bands } = tariff;
      const before = used.get(versionId) ?? includedIn(bands);
      const amount = plannedTimes.month * factorOf(unit.measure, use.attributes);
      used.set(versionId, before + amount);
      const month = months.get(currency) ?? { currency, price: noMoney, paid: [] };
      const cost = { numerator: costAfter(bands, before, amount), denominator: unit.size };
      months.set(currency, {
        ...month,
        price: addMoney(month.price, cost),
        paid: [...month.paid, { use, tariff }],
      });
    }
  }
  return [...months.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Where the first price that is not nothing begins. */
function includedIn([first, second]: readonly Band[]): bigint {
  return first?.price === 0n && second !== undefined ? second.from : 0n;
}
