import type { VirtualMachineState } from '@nephos/model/generated/enums.ts';

/** What can happen to a machine. What users ask for comes first, then what jobs and hosts report. */
export type VirtualMachineEvent =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'destroy'
  | 'recover'
  | 'expunge'
  | 'setIso'
  | 'createTemplate'
  | 'openConsole'
  | 'started'
  | 'startFailed'
  | 'deployFailed'
  | 'stopped'
  | 'stopFailed'
  | 'destroyed'
  | 'expungeFailed'
  | 'foundOn'
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
    foundOn: 'RUNNING',
  },
  STARTING: { started: 'RUNNING', startFailed: 'STOPPED', deployFailed: 'ERROR' },
  RUNNING: {
    stop: 'STOPPING',
    reboot: 'RUNNING',
    destroy: 'STOPPING',
    setIso: 'RUNNING',
    openConsole: 'RUNNING',
    foundOff: 'STOPPED',
    hostLost: 'UNKNOWN',
  },
  STOPPING: { stopped: 'STOPPED', stopFailed: 'RUNNING', destroyed: 'DESTROYED' },
  DESTROYED: { recover: 'STOPPED', expunge: 'EXPUNGING' },
  EXPUNGING: { expungeFailed: 'DESTROYED' },
  ERROR: { destroy: 'STOPPING', expunge: 'EXPUNGING' },
  UNKNOWN: { foundOn: 'RUNNING', foundOff: 'STOPPED' },
  MIGRATING: {},
  RESTORING: {},
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
