import type { ForeignMachineText } from '@nephos/agent-protocol/inventory.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { SimulatedMachine, SimulatedState } from './simulated-state.ts';

/** What somebody at the host may change of a machine. */
export type Tampering = Partial<
  Pick<SimulatedMachine, 'cpuCount' | 'memoryBytes' | 'volumeIds' | 'macAddresses' | 'bridges' | 'isoPath'>
>;

/** What the process that started a simulator may ask of it, over Node's own channel between parent and child. */
export type SimulatorRequest =
  | { ask: 'step'; count: number }
  | { ask: 'waiting' }
  | { ask: 'state' }
  | { ask: 'powerOff'; host: number; machineId: Id<'VirtualMachine'> }
  | { ask: 'pause'; host: number; machineId: Id<'VirtualMachine'> }
  | { ask: 'powerOn'; host: number; machineId: Id<'VirtualMachine'> }
  | { ask: 'addForeign'; host: number; machine: ForeignMachineText }
  | { ask: 'removeForeign'; host: number; uuid: string }
  | { ask: 'tamper'; host: number; machineId: Id<'VirtualMachine'>; change: Tampering }
  | { ask: 'disconnect'; host: number }
  | { ask: 'connect'; host: number }
  | { ask: 'sample' };

export interface SimulatorAnswers {
  /** How many pieces of work were let go on. */
  step: number;
  /** Names of work that waits for a step. */
  waiting: string[];
  /** Of each host, in order. */
  state: SimulatedState[];
  powerOff: null;
  pause: null;
  powerOn: null;
  addForeign: null;
  removeForeign: null;
  tamper: null;
  disconnect: null;
  connect: null;
  /** Milliseconds that reading and reporting all counters took. */
  sample: number;
}

export type SimulatorMessage = { id: number } & SimulatorRequest;

export interface SimulatorReply {
  id: number;
  answer: SimulatorAnswers[keyof SimulatorAnswers];
}
