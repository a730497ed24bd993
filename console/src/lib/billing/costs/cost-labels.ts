import { usageTypeLabel } from '../../usage/usage-types.ts';
import { m } from '#messages';
import type { CostDivision, CostShare } from './cost-queries.ts';

/** What costs are divided by, in words. */
export const divisionLabels: Record<CostDivision, () => string> = {
  TYPE: m.costs_by_type,
  ZONE: m.costs_by_zone,
  ACCOUNT: m.costs_by_account,
  RESOURCE: m.costs_by_resource,
  TAG: m.costs_by_tag,
};

/** What a share is called. */
export function shareLabel({ key, name, isRest }: CostShare, by: CostDivision): string {
  if (isRest) return m.costs_rest();
  if (key === null) return m.costs_untagged();
  if (by === 'TYPE') return usageTypeLabel(Number(key));
  return name ?? key;
}

/** The page of a thing that costs, where it has one. */
export function pageOf(id: string): string | undefined {
  return id.startsWith('vm_') ? `/virtual-machines/${id}` : undefined;
}
