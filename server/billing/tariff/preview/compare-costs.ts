import { addMoney, currencyPlaces, noMoney, roundMoney, type Money } from '@nephos/usage/rate/money.ts';
import type { AccountCost } from './month-costs.ts';

/** What uses cost, and what they would have cost. Decimal text. */
export interface Compared {
  currency: string;
  before: string;
  after: string;
}

export interface Comparison {
  totals: Compared[];
  /** How many accounts would have paid something else. */
  accountCount: number;
  /** Those that differ most. */
  accounts: (Compared & { accountId: string })[];
}

const mostAccounts = 20;

/** Compares what accounts pay on two sides. */
export function compareCosts(before: readonly AccountCost[], after: readonly AccountCost[]): Comparison {
  const pairs = new Map<string, { accountId: string; currency: string; before: Money; after: Money }>();
  const totals = new Map<string, { currency: string; before: Money; after: Money }>();
  for (const [side, costs] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const { accountId, currency, cost } of costs) {
      const key = `${accountId} ${currency}`;
      const pair = pairs.get(key) ?? { accountId, currency, before: noMoney, after: noMoney };
      pairs.set(key, { ...pair, [side]: addMoney(pair[side], cost) });
      const total = totals.get(currency) ?? { currency, before: noMoney, after: noMoney };
      totals.set(currency, { ...total, [side]: addMoney(total[side], cost) });
    }
  }
  const shown = [...pairs.values()].map(({ accountId, ...pair }) => ({ accountId, ...rounded(pair) }));
  const changed = shown
    .filter((pair) => pair.after !== pair.before)
    .map((pair) => ({ pair, difference: Math.abs(Number(pair.after) - Number(pair.before)) }))
    .sort((a, b) => b.difference - a.difference || (a.pair.accountId < b.pair.accountId ? -1 : 1));
  return {
    totals: [...totals.values()].map(rounded).sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    accountCount: new Set(changed.map(({ pair }) => pair.accountId)).size,
    accounts: changed.slice(0, mostAccounts).map(({ pair }) => pair),
  };
}

function rounded({ currency, before, after }: { currency: string; before: Money; after: Money }): Compared {
  const places = currencyPlaces(currency);
  return { currency, before: roundMoney(before, places), after: roundMoney(after, places) };
}
