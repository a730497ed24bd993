import type { TariffVersion } from './fragments.ts';

/** A stretch of time with one price. */
export interface PriceStep {
  from: number;
  until: number;
  price: number;
}

/**
 * Prices of the first tier over time, up to some time after now and after the last change, so that what goes on is seen
 * to. Prices in other units than the last are left out: they cannot be compared.
 */
export function priceSteps(versions: readonly TariffVersion[], now: number): PriceStep[] {
  const unit = versions.at(-1)?.unit;
  const comparable = versions.filter((version) => version.unit === unit);
  const first = comparable[0];
  const last = comparable.at(-1);
  if (first === undefined || last === undefined) return [];
  const since = Date.parse(first.validFrom);
  const newest = Math.max(now, Date.parse(last.validFrom));
  const end = newest + Math.max((newest - since) * 0.15, 3_600_000);
  return comparable.map(({ validFrom, validUntil, tiers }) => ({
    from: Date.parse(validFrom),
    until: validUntil === null ? end : Date.parse(validUntil),
    price: Number(tiers[0]?.price ?? 0),
  }));
}

/** The version in force at a moment. */
export function versionAt(versions: readonly TariffVersion[], now: number): TariffVersion | undefined {
  return versions.findLast(
    ({ validFrom, validUntil }) =>
      Date.parse(validFrom) <= now && (validUntil === null || Date.parse(validUntil) > now),
  );
}
