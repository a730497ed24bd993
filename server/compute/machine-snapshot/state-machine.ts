import type { VirtualMachineSnapshotState } from '@nephos/model/generated/enums.ts';

/** What can happen to a snapshot. What users ask for comes first, then what jobs report. */
export type SnapshotEvent =
  'revert' | 'delete' | 'created' | 'reverted' | 'revertFailed' | 'deleteFailed' | 'jobLost';

type Transitions = Record<
  VirtualMachineSnapshotState,
  Partial<Record<SnapshotEvent, VirtualMachineSnapshotState>>
>;

/** The life of a snapshot. Absent means refused. */
export const snapshotTransitions: Transitions = {
  CREATING: { created: 'READY', jobLost: 'ERROR' },
  READY: { revert: 'REVERTING', delete: 'DELETING' },
  REVERTING: { reverted: 'READY', revertFailed: 'READY', jobLost: 'READY' },
  DELETING: { deleteFailed: 'ERROR', jobLost: 'ERROR' },
  ERROR: { delete: 'DELETING' },
};

/** States that an event is accepted in. */
export function snapshotStatesThatAccept(event: SnapshotEvent): VirtualMachineSnapshotState[] {
  const states = Object.keys(snapshotTransitions) as VirtualMachineSnapshotState[];
  return states.filter((state) => snapshotTransitions[state][event] !== undefined);
}
