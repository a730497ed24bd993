import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import type { StoredTier } from '@nephos/model/shapes/tariff.ts';
import { bandsOf, type Band } from './bands.ts';
import { parseCondition, type Condition } from './condition.ts';
import { parseTiers } from './tiers.ts';
import { units, type Unit } from './units.ts';

/** To whose uses, of what, a tariff applies: to those that match all that is given. */
export interface TariffScope {
  accountId: string | null;
  /** The domain and those below it. */
  domainId: string | null;
  zoneId: string | null;
  offeringId: string | null;
  tagKey: string | null;
  /** Any value of the tag when absent. */
  tagValue: string | null;
  /** In CEL; see {@link parseCondition}. */
  condition: string | null;
}

/** A tariff with the version that is valid at one moment, as it is stored: a row of `nephos_valid_tariffs`. */
export interface StoredTariff extends TariffScope {
  id: string;
  usageType: number;
  /** Of tariffs with the same charge one applies; those of different charges add up. */
  charge: string;
  /** ISO 4217. */
  currency: string;
  versionId: string;
  unit: TariffUnit;
  tiers: readonly StoredTier[];
  /** Whole units in a month that cost nothing. */
  includedUnits: bigint;
}

/** A tariff that is ready to rate with. */
export interface ValidTariff extends Omit<StoredTariff, 'condition' | 'unit' | 'tiers' | 'includedUnits'> {
  unit: Unit;
  bands: readonly Band[];
  /** Absent: it always applies. */
  holds: Condition['holds'] | undefined;
  /** Attributes of a use that it depends on whether it applies. */
  looksAt: readonly (keyof UsageAttributes)[];
}

/** @throws ConditionError for a condition that {@link parseCondition} does not take */
export function validTariff({ condition, unit, tiers, includedUnits, ...facts }: StoredTariff): ValidTariff {
  const parsed = condition === null ? undefined : parseCondition(condition);
  return {
    ...facts,
    unit: units[unit],
    bands: bandsOf(parseTiers(tiers), includedUnits, units[unit]),
    holds: parsed?.holds,
    looksAt: [
      ...new Set([
        ...(facts.offeringId === null ? [] : (['offeringId'] as const)),
        ...(facts.tagKey === null ? [] : (['tags'] as const)),
        ...(parsed?.attributes ?? []),
      ]),
    ],
  };
}
