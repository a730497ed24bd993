import type { AdjustmentKind } from '@nephos/model/generated/enums.ts';

/** A discount or a tax, as it is stored. */
export interface Adjustment {
  id: string;
  kind: AdjustmentKind;
  /** What statements call it. Of those of one kind with the same label the most specific applies; others add up. */
  label: string;
  /** Decimal text. */
  percent: string;
  /** CloudStack's numbers; none: all. */
  usageTypes: readonly number[];
  accountId: string | null;
  /** The domain and those below it. */
  domainId: string | null;
}

/** Whose costs are adjusted. */
export interface AdjustedOwner {
  accountId: string;
  /** The account's domain and those above it, ROOT first. */
  lineage: readonly string[];
}

/** Places after the point that a percentage may have. */
export const percentPlaces = 4;
/** A percentage of everything, in the units of {@link parsePercent}. */
export const wholePercent = 100n * 10n ** BigInt(percentPlaces);

const percentPattern = new RegExp(`^(\\d{1,4})(?:\\.(\\d{1,${percentPlaces}}))?$`);

/** Decimal text as a percentage in units of 10^-4 percent; `undefined` for what is negative or no such decimal. */
export function parsePercent(text: string): bigint | undefined {
  const [, whole, places = ''] = percentPattern.exec(text) ?? [];
  return whole === undefined ? undefined : BigInt(whole + places.padEnd(percentPlaces, '0'));
}

/**
 * The adjustments of a kind that uses of a type have: of each label the most specific. More specific is, in this order,
 * what is for the account; for a domain, the nearest first; for certain usage types; and at last what was made later.
 */
export function chooseAdjustments(
  adjustments: readonly Adjustment[],
  kind: AdjustmentKind,
  usageType: number,
  { accountId, lineage }: AdjustedOwner,
): Adjustment[] {
  const chosen = new Map<string, Adjustment>();
  const isMoreSpecific = (one: Adjustment, other: Adjustment) => {
    const [a, b] = [rankOf(one, lineage), rankOf(other, lineage)];
    return a === b ? one.id > other.id : a > b;
  };
  for (const each of adjustments) {
    if (each.kind !== kind) continue;
    if (each.accountId !== null && each.accountId !== accountId) continue;
    if (each.domainId !== null && !lineage.includes(each.domainId)) continue;
    if (each.usageTypes.length > 0 && !each.usageTypes.includes(usageType)) continue;
    const best = chosen.get(each.label);
    if (best === undefined || isMoreSpecific(each, best)) chosen.set(each.label, each);
  }
  return [...chosen.values()];
}

/** The deepest domain counts least beside an account, and certain usage types least beside a domain. */
function rankOf({ accountId, domainId, usageTypes }: Adjustment, lineage: readonly string[]): number {
  const depth = domainId === null ? 0 : lineage.indexOf(domainId) + 1;
  return (accountId === null ? 0 : 2 * (lineage.length + 1)) + 2 * depth + (usageTypes.length > 0 ? 1 : 0);
}
