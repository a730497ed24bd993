import { m } from '#messages';
import type { Division } from './usage-address.svelte.ts';
import type { RangeName } from './day-range.ts';
import type { UsageSum } from './usage-sum-queries.ts';

/** What usage is divided by, in words. */
export const divisionLabels: Record<Division, () => string> = {
  RESOURCE: m.explorer_by_resource,
  ACCOUNT: m.explorer_by_account,
  ZONE: m.explorer_by_zone,
  TAG: m.explorer_by_tag,
};

export const rangeLabels: Record<RangeName, () => string> = {
  '7-days': m.explorer_range_7_days,
  '30-days': m.explorer_range_30_days,
  'this-month': m.explorer_range_this_month,
  'last-month': m.explorer_range_last_month,
  custom: m.explorer_range_custom,
};

/** What a group is called. What is gone is known by its id. */
export function groupLabel(sum: UsageSum, by: Division): string {
  if (sum.isRest) return m.explorer_rest();
  switch (by) {
    case 'RESOURCE':
      // Some things have no name.
      return sum.resourceName !== null && sum.resourceName !== '' ? sum.resourceName : (sum.resourceId ?? '');
    case 'ACCOUNT':
      return sum.account?.name ?? sum.accountId ?? '';
    case 'ZONE':
      return sum.zone?.name ?? sum.zoneId ?? '';
    case 'TAG':
      return sum.tagValue ?? m.explorer_untagged();
  }
}
