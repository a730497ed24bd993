import type { Lease } from './automation-queries.ts';

/** A lease as it is chosen, by its length. */
export interface LeaseChoice {
  days: string;
  action: Lease['action'];
  /** When it would end; told once, so that a request that is sent again is the same. */
  expiresAt: string;
}

export const leaseLengths = [1, 7, 14, 30, 90, 365] as const;

/** @param now milliseconds */
export function leaseOf(days: string, action: Lease['action'], now: number): LeaseChoice {
  return { days, action, expiresAt: new Date(now + Number(days) * 86_400_000).toISOString() };
}
