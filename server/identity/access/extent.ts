import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';

/**
 * Of which accounts an actor sees what they own, as data: for work that goes on when nobody is asking any more. The
 * same accounts as `visibility.ts` lets one see.
 */
export interface Extent {
  seesAll: boolean;
  /** Accounts of this branch of the domain tree. */
  branchId: Id<'Domain'> | null;
  /** Beside those: one's own, and those of the projects that one takes part in. */
  accountIds: readonly Id<'Account'>[];
}

/** What an actor sees now. */
export function extentOf({ accountType, accountId, domainId, projects }: Actor): Extent {
  const ofProjects = [...projects.keys()];
  switch (accountType) {
    case 'ROOT_ADMIN':
      return { seesAll: true, branchId: null, accountIds: [] };
    case 'DOMAIN_ADMIN':
      return { seesAll: false, branchId: domainId, accountIds: ofProjects };
    case 'RESOURCE_ADMIN':
    case 'USER':
      return { seesAll: false, branchId: null, accountIds: [accountId, ...ofProjects] };
  }
}

/** Whether who sees this much may see what was collected for that much. */
export function covers(seen: Extent, collected: Extent): boolean {
  if (seen.seesAll) return true;
  if (collected.seesAll || collected.branchId !== seen.branchId) return false;
  const ids = new Set(seen.accountIds);
  return collected.accountIds.every((id) => ids.has(id));
}
