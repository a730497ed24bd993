import type { Price } from './money.ts';
import type { Unit } from './units.ts';

/** A tier as an administrator writes it: up to so many units in a month, each at this price. */
export interface Tier {
  /** Whole units, counted from where the included amount ends; `null`: all that is beyond. */
  upTo: bigint | null;
  price: Price;
}

/** A stretch of the amount that an account uses in a month, and its price. */
export interface Band {
  /** In base amounts; the first begins at 0. */
  from: bigint;
  /** For one unit. */
  price: Price;
}

/**
 * Tiers as bands that follow each other without a gap. The included amount is the first of them, and free.
 * @param tiers rising, the last without an end
 * @param included whole units in a month that cost nothing
 */
export function bandsOf(tiers: readonly Tier[], included: bigint, unit: Unit): Band[] {
  const bands: Band[] = included === 0n ? [] : [{ from: 0n, price: 0n }];
  let from = included * unit.size;
  for (const { upTo, price } of tiers) {
    bands.push({ from, price });
    if (upTo !== null) from = (included + upTo) * unit.size;
  }
  return bands;
}

/** Whether each use costs the same, however much was used before. */
export function isLinear(bands: readonly Band[]): boolean {
  return bands.length === 1;
}

/**
 * What an amount costs that is used from the beginning of a month: price times base amount, to be divided by the
 * unit's size. The first band reaches down without an end, so that an amount that is taken back costs what it cost.
 */
export function costOf(bands: readonly Band[], amount: bigint): bigint {
  let cost = 0n;
  for (const [index, { from, price }] of bands.entries()) {
    const next = bands[index + 1];
    if (index > 0 && amount <= from) break;
    const until = next === undefined || amount < next.from ? amount : next.from;
    cost += (until - from) * price;
  }
  return cost;
}

/**
 * What a use costs after others of the same month: the sum over any partition of the month, in any order, is the cost
 * of the whole.
 */
export function costAfter(bands: readonly Band[], before: bigint, amount: bigint): bigint {
  return costOf(bands, before + amount) - costOf(bands, before);
}
