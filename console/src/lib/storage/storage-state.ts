import CircleCheck from '~icons/lucide/circle-check';
import CircleSlash from '~icons/lucide/circle-slash';
import CircleX from '~icons/lucide/circle-x';
import LoaderCircle from '~icons/lucide/loader-circle';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';

export const storageStateLooks = {
  UP: { tone: 'good', icon: CircleCheck, label: m.storage_state_UP },
  ATTACHING: { tone: 'busy', icon: LoaderCircle, label: m.storage_state_ATTACHING, isTurning: true },
  DISABLED: { tone: 'quiet', icon: CircleSlash, label: m.storage_state_DISABLED },
  ERROR: { tone: 'bad', icon: CircleX, label: m.storage_state_ERROR },
} satisfies Record<string, StatusLook>;

/** States that primary storage can be in. */
export const poolStates = ['UP', 'ATTACHING', 'DISABLED', 'ERROR'] as const;

/** States that secondary storage can be in. */
export const storeStates = ['UP', 'ATTACHING', 'ERROR'] as const;
