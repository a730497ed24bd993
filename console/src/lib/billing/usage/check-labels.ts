import { m } from '#messages';
import type { UsageFinding } from './usage-sum-queries.ts';

/** What each check of usage found, in words. */
export const checkLabels: Record<UsageFinding['check'], () => string> = {
  LONGER_THAN_PERIOD: m.explorer_check_LONGER_THAN_PERIOD,
  OVERLAP: m.explorer_check_OVERLAP,
  RUNNING_UNALLOCATED: m.explorer_check_RUNNING_UNALLOCATED,
  USED_AFTER_REMOVAL: m.explorer_check_USED_AFTER_REMOVAL,
  BEGAN_TWICE: m.explorer_check_BEGAN_TWICE,
  NEVER_BEGAN: m.explorer_check_NEVER_BEGAN,
  TOO_LATE: m.explorer_check_TOO_LATE,
};
