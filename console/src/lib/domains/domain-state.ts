import CircleCheck from '~icons/lucide/circle-check';
import LoaderCircle from '~icons/lucide/loader-circle';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { Domain } from './fragments.ts';

export const domainStateLooks: Record<Domain['domainState'], StatusLook> = {
  ACTIVE: { tone: 'good', icon: CircleCheck, label: m.domains_state_ACTIVE },
  DELETING: { tone: 'warn', icon: LoaderCircle, label: m.domains_state_DELETING, isTurning: true },
};

/** What a part of a path may be. */
export const domainNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
