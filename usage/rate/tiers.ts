import type { StoredTier } from '@nephos/model/shapes/tariff.ts';
import type { Tier } from './bands.ts';
import { formatPrice, parsePrice } from './money.ts';

/** Tiers as they are stored. */
export function storeTiers(tiers: readonly Tier[]): StoredTier[] {
  return tiers.map(({ upTo, price }) => ({
    ...(upTo !== null && { upTo: upTo.toString() }),
    price: formatPrice(price),
  }));
}

/** Tiers as they were stored. @throws RangeError for what {@link storeTiers} did not make */
export function parseTiers(tiers: readonly StoredTier[]): Tier[] {
  return tiers.map(({ upTo, price: text }) => {
    const price = parsePrice(text);
    if (price === undefined) throw new RangeError(`not a price: ${text}`);
    return { upTo: upTo === undefined ? null : BigInt(upTo), price };
  });
}
