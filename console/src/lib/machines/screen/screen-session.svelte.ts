import RFB from '@novnc/novnc';
import { mutate } from '../../api/connection.svelte.ts';
import { problemFrom, type Problem } from '../../api/problem.ts';
import { createConsoleAccessMutation } from './screen-queries.ts';
import { keyStrokes } from './typed-text.ts';

export type ScreenState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

const shortestPauseMs = 500;
const longestPauseMs = 8000;
/** A screen that never answers has none, as machines on simulated hosts. */
const mostFailuresAtFirst = 3;
const shiftKeysym = 0xffe1;
/** Keyboards of guests have small buffers. */
const betweenKeysMs = 12;

/** A machine's screen in an element. What breaks is connected again, each time with a new token. */
export class ScreenSession {
  state = $state<ScreenState>('connecting');
  problem = $state.raw<Problem>();
  readonly #machineId: string;
  readonly #target: HTMLElement;
  #rfb: RFB | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #hasConnected = false;
  #isEnded = false;

  constructor(machineId: string, target: HTMLElement) {
    this.#machineId = machineId;
    this.#target = target;
  }

  async connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.problem = undefined;
    this.state = this.#failures === 0 ? 'connecting' : 'reconnecting';
    try {
      const { createConsoleAccess } = await mutate(createConsoleAccessMutation, {
        input: { virtualMachineId: this.#machineId },
      });
      if (!this.#isEnded) this.#open(createConsoleAccess.path);
    } catch (error) {
      this.problem = problemFrom(error);
      // The server is away: it comes back. Whatever else it says, it says again.
      if (this.problem.code === 'NETWORK') this.#connectLater();
      else this.state = 'closed';
    }
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#rfb?.disconnect();
  }

  focus(): void {
    this.#rfb?.focus({ preventScroll: true });
  }

  sendCtrlAltDel(): void {
    this.#rfb?.sendCtrlAltDel();
    this.focus();
  }

  async type(text: string): Promise<void> {
    for (const { keysym, code, isShifted } of keyStrokes(text)) {
      if (isShifted) this.#rfb?.sendKey(shiftKeysym, 'ShiftLeft', true);
      this.#rfb?.sendKey(keysym, code);
      if (isShifted) this.#rfb?.sendKey(shiftKeysym, 'ShiftLeft', false);
      await new Promise((resolve) => setTimeout(resolve, betweenKeysMs));
    }
    this.focus();
  }

  #open(path: string): void {
    const rfb = new RFB(this.#target, `${location.origin.replace(/^http/, 'ws')}${path}`, {
      wsProtocols: ['binary'],
    });
    this.#rfb = rfb;
    rfb.scaleViewport = true;
    rfb.background = 'transparent';
    rfb.addEventListener('connect', () => {
      this.#failures = 0;
      this.#hasConnected = true;
      this.state = 'connected';
      this.focus();
    });
    rfb.addEventListener('disconnect', () => {
      if (this.#rfb === rfb) this.#rfb = undefined;
      if (this.#isEnded) return;
      if (!this.#hasConnected && this.#failures >= mostFailuresAtFirst) this.state = 'closed';
      else this.#connectLater();
    });
  }

  #connectLater(): void {
    this.state = 'reconnecting';
    const pauseMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** this.#failures++);
    this.#timer = setTimeout(() => void this.connect(), pauseMs);
  }
}
