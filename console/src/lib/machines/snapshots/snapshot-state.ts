import CircleCheck from '~icons/lucide/circle-check';
import CircleX from '~icons/lucide/circle-x';
import LoaderCircle from '~icons/lucide/loader-circle';
import type { StatusLook } from '../../jobs/job-status.ts';
import { m } from '#messages';
import type { Snapshot } from './snapshot-queries.ts';

export const snapshotStateLooks: Record<Snapshot['snapshotState'], StatusLook> = {
  READY: { tone: 'good', icon: CircleCheck, label: m.snapshots_state_READY },
  CREATING: { tone: 'busy', icon: LoaderCircle, label: m.snapshots_state_CREATING, isTurning: true },
  REVERTING: { tone: 'busy', icon: LoaderCircle, label: m.snapshots_state_REVERTING, isTurning: true },
  DELETING: { tone: 'busy', icon: LoaderCircle, label: m.snapshots_state_DELETING, isTurning: true },
  ERROR: { tone: 'bad', icon: CircleX, label: m.snapshots_state_ERROR },
};
