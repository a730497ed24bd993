import ArrowRightLeft from '~icons/lucide/arrow-right-left';
import CircleHelp from '~icons/lucide/circle-help';
import CirclePause from '~icons/lucide/circle-pause';
import CirclePlay from '~icons/lucide/circle-play';
import CircleStop from '~icons/lucide/circle-stop';
import CircleX from '~icons/lucide/circle-x';
import LoaderCircle from '~icons/lucide/loader-circle';
import Trash2 from '~icons/lucide/trash-2';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { MachineState } from './fragments.ts';

/** In the order that filters and counts show them. */
export const machineStateLooks: Record<MachineState, StatusLook> = {
  RUNNING: { tone: 'good', icon: CirclePlay, label: m.machines_state_RUNNING },
  SUSPENDED: { tone: 'quiet', icon: CirclePause, label: m.machines_state_SUSPENDED },
  STOPPED: { tone: 'quiet', icon: CircleStop, label: m.machines_state_STOPPED },
  STARTING: { tone: 'busy', icon: LoaderCircle, label: m.machines_state_STARTING, isTurning: true },
  STOPPING: { tone: 'busy', icon: LoaderCircle, label: m.machines_state_STOPPING, isTurning: true },
  MIGRATING: { tone: 'busy', icon: ArrowRightLeft, label: m.machines_state_MIGRATING },
  RESTORING: { tone: 'busy', icon: LoaderCircle, label: m.machines_state_RESTORING, isTurning: true },
  RELEASING: { tone: 'busy', icon: LoaderCircle, label: m.machines_state_RELEASING, isTurning: true },
  ERROR: { tone: 'bad', icon: CircleX, label: m.machines_state_ERROR },
  UNKNOWN: { tone: 'warn', icon: CircleHelp, label: m.machines_state_UNKNOWN },
  DESTROYED: { tone: 'quiet', icon: Trash2, label: m.machines_state_DESTROYED },
  EXPUNGING: { tone: 'busy', icon: LoaderCircle, label: m.machines_state_EXPUNGING, isTurning: true },
};

export const machineStates = Object.keys(machineStateLooks) as MachineState[];

/** The name that a machine, and so a host on the network, may have. */
export const machineNamePattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
