import { m } from '#messages';
import type { Lease } from './automation-queries.ts';

/** What becomes of a machine whose lease ends; the moment follows. */
export const leaseEndLabels: Record<Lease['action'], () => string> = {
  STOP: m.automation_lease_ends_STOP,
  DESTROY: m.automation_lease_ends_DESTROY,
};
