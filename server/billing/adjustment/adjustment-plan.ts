import type { AdjustmentKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { parsePercent, percentPlaces, wholePercent } from '@nephos/usage/rate/adjust/adjustment.ts';
import { findUsageKind } from '@nephos/usage/usage-types.ts';
import type { Check } from '../../platform/validation.ts';

/** What a discount or a tax is, for good. */
export interface AdjustmentPlan {
  name: string;
  description?: string | null | undefined;
  kind: AdjustmentKind;
  label: string;
  /** Decimal text. */
  percent: string;
  usageTypes?: readonly number[] | null | undefined;
  accountId?: Id<'Account'> | null | undefined;
  domainId?: Id<'Domain'> | null | undefined;
  /** `2026-11`; the current month when left out. */
  validFrom?: string | null | undefined;
  validUntil?: string | null | undefined;
}

const monthPattern = /^\d{4}-(0[1-9]|1[0-2])$/;
/** Taxes of more than ten times the price are slips of the keyboard. */
const highestTax = 1000n * (wholePercent / 100n);

/** Notes what is wrong with a discount or a tax as input. @param month the current billing month */
export function checkAdjustment(check: Check, plan: AdjustmentPlan, month: string): void {
  const { name, description, kind, label, percent, usageTypes, accountId, domainId, validFrom, validUntil } =
    plan;
  check.name('input.name', name);
  if (description != null) check.line('input.description', description);
  check.name('input.label', label);
  const parsed = parsePercent(percent);
  const most = kind === 'TAX' ? highestTax : wholePercent;
  check.that(
    parsed !== undefined && parsed <= most,
    'input.percent',
    percent,
    `must be a decimal from 0 to ${most / (wholePercent / 100n)} with at most ${percentPlaces} places`,
  );
  for (const [index, usageType] of (usageTypes ?? []).entries()) {
    check.that(
      findUsageKind(usageType) !== undefined,
      `input.usageTypes.${index}`,
      usageType,
      'must be the number of a usage type',
    );
  }
  check.that(
    accountId == null || domainId == null,
    'input.domainId',
    domainId,
    'must be left out where accountId is given',
  );
  if (validFrom != null) {
    check.that(
      monthPattern.test(validFrom) && validFrom >= month,
      'input.validFrom',
      validFrom,
      `must be a month like 2026-11, from ${month} on`,
    );
  }
  if (validUntil != null) checkEnd(check, validUntil, laterOf(validFrom ?? month, month));
}

/** Notes what is wrong with an end. Months that are over keep what they had. @param from the earliest end */
export function checkEnd(check: Check, validUntil: string, from: string): void {
  check.that(
    monthPattern.test(validUntil) && validUntil >= from,
    'input.validUntil',
    validUntil,
    `must be a month like 2026-11, from ${from} on`,
  );
}

/** Of two months like `2026-11`. */
export const laterOf = (one: string, other: string) => (one > other ? one : other);
