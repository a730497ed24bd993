import type { VirtualMachineState } from '@nephos/model/generated/enums.ts';

/** What can happen to a machine. What users ask for comes first, then what jobs and hosts report. */
export type VirtualMachineEvent =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'suspend'
  | 'resume'
  | 'migrate'
  | 'scale'
  | 'resetPassword'
  | 'resetKeys'
  | 'changeNics'
  | 'changeAffinity'
  | 'assign'
  | 'reinstall'
  | 'destroy'
  | 'recover'
  | 'expunge'
  | 'setIso'
  | 'createTemplate'
  | 'createSnapshot'
  | 'revert'
  | 'deleteSnapshot'
  | 'openConsole'
  | 'unmanage'
  | 'created'
  | 'started'
  | 'startFailed'
  | 'deployFailed'
  | 'suspended'
  | 'resumed'
  | 'migrated'
  | 'migrateFailed'
  | 'reinstalled'
  | 'reinstallFailed'
  | 'restarted'
  | 'reverted'
  | 'revertFailed'
  | 'stopped'
  | 'stopFailed'
  | 'destroyed'
  | 'expungeFailed'
  | 'unmanageFailed'
  | 'keptRunning'
  | 'foundOn'
  | 'foundPaused'
  | 'foundOff'
  | 'hostLost';

type Transitions = Record<VirtualMachineState, Partial<Record<VirtualMachineEvent, VirtualMachineState>>>;

/** The life of a machine. Absent means refused. */
export const virtualMachineTransitions: Transitions = {
  STOPPED: {
    start: 'STARTING',
    destroy: 'STOPPING',
    setIso: 'STOPPED',
    createTemplate: 'STOPPED',
    createSnapshot: 'STOPPED',
    revert: 'RESTORING',
    deleteSnapshot: 'STOPPED',
    scale: 'STOPPED',
    resetPassword: 'STOPPED',
    resetKeys: 'STOPPED',
    changeNics: 'STOPPED',
    changeAffinity: 'STOPPED',
    assign: 'STOPPED',
    reinstall: 'RESTORING',
    unmanage: 'RELEASING',
    migrate: 'STOPPED',
    foundOn: 'RUNNING',
  },
  STARTING: { created: 'STOPPED', started: 'RUNNING', startFailed: 'STOPPED', deployFailed: 'ERROR' },
  RUNNING: {
    stop: 'STOPPING',
    reboot: 'RUNNING',
    suspend: 'RUNNING',
    suspended: 'SUSPENDED',
    resumed: 'RUNNING',
    migrate: 'MIGRATING',
    scale: 'RUNNING',
    reinstall: 'RESTORING',
    unmanage: 'RELEASING',
    resetPassword: 'RUNNING',
    changeNics: 'RUNNING',
    changeAffinity: 'RUNNING',
    destroy: 'STOPPING',
    setIso: 'RUNNING',
    createSnapshot: 'RUNNING',
    revert: 'RESTORING',
    deleteSnapshot: 'RUNNING',
    openConsole: 'RUNNING',
    foundPaused: 'SUSPENDED',
    foundOff: 'STOPPED',
    hostLost: 'UNKNOWN',
  },
  SUSPENDED: {
    resume: 'SUSPENDED',
    changeAffinity: 'SUSPENDED',
    resumed: 'RUNNING',
    suspended: 'SUSPENDED',
    stop: 'STOPPING',
    destroy: 'STOPPING',
    createSnapshot: 'SUSPENDED',
    revert: 'RESTORING',
    deleteSnapshot: 'SUSPENDED',
    openConsole: 'SUSPENDED',
    foundOn: 'RUNNING',
    foundOff: 'STOPPED',
    hostLost: 'UNKNOWN',
  },
  STOPPING: { stopped: 'STOPPED', stopFailed: 'RUNNING', destroyed: 'DESTROYED' },
  DESTROYED: { recover: 'STOPPED', expunge: 'EXPUNGING' },
  EXPUNGING: { expungeFailed: 'DESTROYED' },
  ERROR: { destroy: 'STOPPING', expunge: 'EXPUNGING' },
  UNKNOWN: { foundOn: 'RUNNING', foundPaused: 'SUSPENDED', foundOff: 'STOPPED' },
  MIGRATING: { migrated: 'RUNNING', migrateFailed: 'RUNNING' },
  RESTORING: {
    reinstalled: 'STOPPED',
    reinstallFailed: 'STOPPED',
    restarted: 'RUNNING',
    reverted: 'STOPPED',
    revertFailed: 'STOPPED',
  },
  RELEASING: { unmanageFailed: 'STOPPED', keptRunning: 'RUNNING' },
};

/** The state that an event leads to, or `undefined` when it is refused. */
export function nextState(
  state: VirtualMachineState,
  event: VirtualMachineEvent,
): VirtualMachineState | undefined {
  return virtualMachineTransitions[state][event];
}

/** States that an event is accepted in. */
export function statesThatAccept(event: VirtualMachineEvent): VirtualMachineState[] {
  const states = Object.keys(virtualMachineTransitions) as VirtualMachineState[];
  return states.filter((state) => nextState(state, event) !== undefined);
}
