import { m } from '#messages';
import type { MachineDetails } from './machine-details.ts';

export const volumeStateLabels: Record<MachineDetails['volumes'][number]['state'], () => string> = {
  ALLOCATED: m.machine_volume_state_ALLOCATED,
  ATTACHING: m.machine_volume_state_ATTACHING,
  COPYING: m.machine_volume_state_COPYING,
  CREATING: m.machine_volume_state_CREATING,
  DESTROYED: m.machine_volume_state_DESTROYED,
  ERROR: m.machine_volume_state_ERROR,
  EXPUNGED: m.machine_volume_state_EXPUNGED,
  EXPUNGING: m.machine_volume_state_EXPUNGING,
  MIGRATING: m.machine_volume_state_MIGRATING,
  READY: m.machine_volume_state_READY,
  RESIZING: m.machine_volume_state_RESIZING,
  SNAPSHOTTING: m.machine_volume_state_SNAPSHOTTING,
  UPLOADING: m.machine_volume_state_UPLOADING,
};
