import Ban from '~icons/lucide/ban';
import CircleCheck from '~icons/lucide/circle-check';
import LoaderCircle from '~icons/lucide/loader-circle';
import Lock from '~icons/lucide/lock';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { User } from './fragments.ts';

/** Whether an account or a user may sign in. */
export type SignInState = User['accountState'];

export const signInStateLooks: Record<SignInState, StatusLook> = {
  ENABLED: { tone: 'good', icon: CircleCheck, label: m.users_state_ENABLED },
  DISABLED: { tone: 'quiet', icon: Ban, label: m.users_state_DISABLED },
  LOCKED: { tone: 'warn', icon: Lock, label: m.users_state_LOCKED },
};

export const signInStates = Object.keys(signInStateLooks) as SignInState[];

/** After too many wrong passwords, whatever else they are. */
export const lockedOutLook: StatusLook = { tone: 'warn', icon: Lock, label: m.users_locked_out };

export const deletingLook: StatusLook = {
  tone: 'warn',
  icon: LoaderCircle,
  label: m.accounts_deleting,
  isTurning: true,
};
