import { m } from '#messages';
import type { Host } from './fragments.ts';

/** What runs machines on a host is called. */
export const hypervisorNames: Record<Host['hypervisor'], () => string> = {
  KVM: () => 'KVM',
  SIMULATOR: m.hosts_hypervisor_SIMULATOR,
};
