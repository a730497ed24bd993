import type { Id } from '@nephos/model/kernel/ids.ts';
import type { SimulatedState } from './simulated-state.ts';

/** What the process that started a simulator may ask of it, over Node's own channel between parent and child. */
export type SimulatorRequest =
  | { ask: 'step'; count: number }
  | { ask: 'waiting' }
  | { ask: 'state' }
  | { ask: 'powerOff'; host: number; machineId: Id<'VirtualMachine'> }
  | { ask: 'pause'; host: number; machineId: Id<'VirtualMachine'> }
  | { ask: 'powerOn'; host: number; machineId: Id<'VirtualMachine'> }
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
