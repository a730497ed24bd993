import type { VariablesOf } from '../../api/graphql.ts';
import { mutate } from '../../api/connection.svelte.ts';
import { problemFrom, type Problem } from '../../api/problem.ts';
import { createConsoleAccessMutation } from './console-queries.ts';

export type ConsoleState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

type ConsoleKind = NonNullable<VariablesOf<typeof createConsoleAccessMutation>['input']['kind']>;

/** Told by what shows the console, of its own WebSocket. */
export interface Heard {
  opened: () => void;
  closed: () => void;
}

const shortestPauseMs = 500;
const longestPauseMs = 8000;
/** A console that never answers has none, as the screens of machines on simulated hosts. */
const mostFailuresAtFirst = 3;

/** The way to a machine's screen or serial port. What breaks is connected again, each time with a new token. */
export class ConsoleConnection {
  state = $state<ConsoleState>('connecting');
  problem = $state.raw<Problem>();
  readonly #machineId: string;
  readonly #kind: ConsoleKind;
  readonly #open: (url: string, heard: Heard) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #hasConnected = false;
  #isEnded = false;

  /** @param open opens a WebSocket and tells what becomes of it */
  constructor(machineId: string, kind: ConsoleKind, open: (url: string, heard: Heard) => void) {
    this.#machineId = machineId;
    this.#kind = kind;
    this.#open = open;
  }

  connect = async (): Promise<void> => {
    clearTimeout(this.#timer);
    this.problem = undefined;
    this.#wait();
    try {
      const { createConsoleAccess } = await mutate(createConsoleAccessMutation, {
        input: { virtualMachineId: this.#machineId, kind: this.#kind },
      });
      if (this.#isEnded) return;
      this.#open(`${location.origin.replace(/^http/, 'ws')}${createConsoleAccess.path}`, {
        opened: () => this.#opened(),
        closed: () => this.#closed(),
      });
    } catch (error) {
      this.problem = problemFrom(error);
      // The server is away: it comes back. Whatever else it says, it says again.
      if (this.problem.code === 'NETWORK') this.#connectLater();
      else this.state = 'closed';
    }
  };

  /** Connects no more; what is open, its opener closes. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  #opened(): void {
    this.#failures = 0;
    this.#hasConnected = true;
    this.state = 'connected';
  }

  #closed(): void {
    if (this.#isEnded) return;
    if (!this.#hasConnected && this.#failures >= mostFailuresAtFirst) this.state = 'closed';
    else this.#connectLater();
  }

  /** Only what was there can have broken. */
  #wait(): void {
    this.state = this.#hasConnected ? 'reconnecting' : 'connecting';
  }

  #connectLater(): void {
    if (this.#isEnded) return;
    this.#wait();
    const pauseMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** this.#failures++);
    this.#timer = setTimeout(() => void this.connect(), pauseMs);
  }
}
