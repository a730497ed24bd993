import { costOf } from '@nephos/usage/rate/bands.ts';
import type { TariffChoice } from '@nephos/usage/rate/choose-tariffs.ts';
import { addMoney, noMoney, type Money } from '@nephos/usage/rate/money.ts';
import type { ValidTariff } from '@nephos/usage/rate/tariff.ts';
import type { MonthUse } from './month-uses.ts';

/** What an account pays in a currency. */
export interface AccountCost {
  accountId: string;
  currency: string;
  cost: Money;
}

/**
 * What a month of uses costs each account: the whole month at once, which is what any partition of it comes to.
 * @param choices the tariffs of each stretch
 */
export function monthCosts(uses: readonly MonthUse[], choices: readonly TariffChoice[]): AccountCost[] {
  const totals = new Map<string, { accountId: string; tariff: ValidTariff; amount: bigint }>();
  for (const { use, stretch, amounts } of uses) {
    for (const tariff of choices[stretch]?.for(use) ?? []) {
      const key = `${use.accountId} ${tariff.versionId}`;
      const before = totals.get(key)?.amount ?? 0n;
      const { accountId } = use;
      totals.set(key, { accountId, tariff, amount: before + amounts[tariff.unit.measure] });
    }
  }
  const costs = new Map<string, AccountCost>();
  for (const { accountId, tariff, amount } of totals.values()) {
    const { currency, bands, unit } = tariff;
    const key = `${accountId} ${currency}`;
    const before = costs.get(key)?.cost ?? noMoney;
    const cost = { numerator: costOf(bands, amount), denominator: unit.size };
    costs.set(key, { accountId, currency, cost: addMoney(before, cost) });
  }
  return [...costs.values()];
}
