import type { LeaseAction } from '@nephos/model/generated/enums.ts';
import type { Check } from '../../platform/validation.ts';

/** How long a machine may stay, and what happens then. */
export interface Lease {
  expiresAt: Date;
  action: LeaseAction;
}

const mostYears = 10;

/** Notes what is wrong with a lease. */
export function checkLease(check: Check, lease: Lease | null | undefined, now: Date): void {
  if (lease == null) return;
  const { expiresAt } = lease;
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + mostYears);
  check.that(
    expiresAt > now && expiresAt <= latest,
    'input.lease.expiresAt',
    expiresAt,
    `must be in the future, within ${mostYears} years`,
  );
}
