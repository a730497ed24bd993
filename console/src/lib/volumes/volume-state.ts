import ArrowRightLeft from '~icons/lucide/arrow-right-left';
import CircleCheck from '~icons/lucide/circle-check';
import CircleDashed from '~icons/lucide/circle-dashed';
import CircleX from '~icons/lucide/circle-x';
import LoaderCircle from '~icons/lucide/loader-circle';
import Trash2 from '~icons/lucide/trash-2';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { VolumeKind, VolumeState } from './fragments.ts';

const busy = { tone: 'busy', icon: LoaderCircle, isTurning: true } as const;

/** In the order that filters show them. */
export const volumeStateLooks: Record<VolumeState, StatusLook> = {
  READY: { tone: 'good', icon: CircleCheck, label: m.volumes_state_READY },
  ALLOCATED: { tone: 'quiet', icon: CircleDashed, label: m.volumes_state_ALLOCATED },
  CREATING: { ...busy, label: m.volumes_state_CREATING },
  ATTACHING: { ...busy, label: m.volumes_state_ATTACHING },
  RESIZING: { ...busy, label: m.volumes_state_RESIZING },
  SNAPSHOTTING: { ...busy, label: m.volumes_state_SNAPSHOTTING },
  MIGRATING: { tone: 'busy', icon: ArrowRightLeft, label: m.volumes_state_MIGRATING },
  COPYING: { ...busy, label: m.volumes_state_COPYING },
  UPLOADING: { ...busy, label: m.volumes_state_UPLOADING },
  ERROR: { tone: 'bad', icon: CircleX, label: m.volumes_state_ERROR },
  DESTROYED: { tone: 'quiet', icon: Trash2, label: m.volumes_state_DESTROYED },
  EXPUNGING: { ...busy, label: m.volumes_state_EXPUNGING },
  EXPUNGED: { tone: 'quiet', icon: Trash2, label: m.volumes_state_EXPUNGED },
};

export const volumeStates = Object.keys(volumeStateLooks) as VolumeState[];

export const volumeKinds: Record<VolumeKind, () => string> = {
  ROOT: m.volumes_kind_ROOT,
  DATA: m.volumes_kind_DATA,
};

export const volumeKindNames = Object.keys(volumeKinds) as VolumeKind[];
