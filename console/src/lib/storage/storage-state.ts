import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import CircleX from '@lucide/svelte/icons/circle-x';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
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
