import type { NewRow } from '@nephos/model/database.ts';
import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import type { Tier } from '@nephos/usage/rate/bands.ts';
import { parsePrice } from '@nephos/usage/rate/money.ts';
import { storeTiers } from '@nephos/usage/rate/tiers.ts';
import { unitsOfType } from '@nephos/usage/rate/units.ts';
import type { Check } from '../../platform/validation.ts';
import { isWholeHour } from './whole-hours.ts';

export interface TierInput {
  /** Whole units in a month; left out: all that is beyond. */
  upTo?: bigint | null | undefined;
  /** Decimal text. */
  price: string;
}

/** A price as an administrator gives it. */
export interface PriceInput {
  unit: TariffUnit;
  tiers: readonly TierInput[];
  includedUnits?: bigint | null | undefined;
  validFrom?: Date | null | undefined;
}

const mostTiers = 20;
/** Beyond this many units nothing is sold. */
const largestAmount = 10n ** 12n;

/** Notes what is wrong with a price for uses of a type. @param from the earliest moment it may be valid from */
export function checkPrice(check: Check, price: PriceInput, usageType: number, from: Date): void {
  const { unit, tiers, includedUnits, validFrom } = price;
  const fitting = unitsOfType(usageType);
  check.that(
    fitting.includes(unit),
    'input.price.unit',
    unit,
    `must be one of ${fitting.join(', ')} for usage type ${usageType}`,
  );
  check.range('input.price.tiers', tiers.length, 1, mostTiers);
  if (includedUnits != null) check.range('input.price.included', includedUnits, 0n, largestAmount);
  let above = 0n;
  for (const [index, { upTo, price: text }] of tiers.entries()) {
    const path = `input.price.tiers.${index}`;
    check.that(
      parsePrice(text) !== undefined,
      `${path}.price`,
      text,
      'must be a decimal that is not negative, of at most 15 digits before and 12 after the point',
    );
    if (index === tiers.length - 1) {
      check.that(upTo == null, `${path}.upTo`, upTo, 'must be left out in the last tier');
      continue;
    }
    check.that(
      upTo != null && upTo > above && upTo <= largestAmount,
      `${path}.upTo`,
      upTo,
      'must be whole units, more than in the tier before',
    );
    above = upTo ?? above;
  }
  if (validFrom == null) return;
  check.that(
    isWholeHour(validFrom) && validFrom >= from,
    'input.price.validFrom',
    validFrom,
    `must be a whole hour from ${from.toISOString()} on`,
  );
}

/** The tiers of a price that was checked. */
export function parsedTiers({ tiers }: PriceInput): Tier[] {
  return tiers.map(({ upTo, price }) => ({ upTo: upTo ?? null, price: parsePrice(price) ?? 0n }));
}

/** A price that was checked, as its version stores it. */
export function storedPrice(
  price: PriceInput,
): Pick<NewRow<'TariffVersion'>, 'unit' | 'tiers' | 'includedUnits'> {
  const { unit, includedUnits } = price;
  return {
    unit,
    tiers: JSON.stringify(storeTiers(parsedTiers(price))),
    includedUnits: includedUnits ?? 0n,
  };
}
