import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { mutate } from '../../api/connection.svelte.ts';
import { problemFrom, type Problem } from '../../api/problem.ts';
import { createConsoleAccessMutation } from '../screen/screen-queries.ts';
import type { ScreenState } from '../screen/screen-session.svelte.ts';

const shortestPauseMs = 500;
const longestPauseMs = 8000;
/** A port that never answers has none. */
const mostFailuresAtFirst = 3;
const rememberedLines = 5000;

/** A machine's serial port in an element. What breaks is connected again, each time with a new token. */
export class SerialSession {
  state = $state<ScreenState>('connecting');
  problem = $state.raw<Problem>();
  readonly #machineId: string;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #resizing: ResizeObserver;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #hasConnected = false;
  #isEnded = false;

  constructor(machineId: string, target: HTMLElement, label: string) {
    this.#machineId = machineId;
    this.#terminal = new Terminal({
      scrollback: rememberedLines,
      fontSize: 13,
      screenReaderMode: true,
      theme: { background: '#000000' },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(target);
    this.#terminal.textarea?.setAttribute('aria-label', label);
    this.#terminal.onData((text) => this.type(text));
    this.#resizing = new ResizeObserver(() => this.#fit.fit());
    this.#resizing.observe(target);
  }

  async connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.problem = undefined;
    this.state = this.#failures === 0 ? 'connecting' : 'reconnecting';
    try {
      const { createConsoleAccess } = await mutate(createConsoleAccessMutation, {
        input: { virtualMachineId: this.#machineId, kind: 'SERIAL' },
      });
      if (!this.#isEnded) this.#open(createConsoleAccess.path);
    } catch (error) {
      this.problem = problemFrom(error);
      if (this.problem.code === 'NETWORK') this.#connectLater();
      else this.state = 'closed';
    }
  }

  /** Sends text as if it were typed. */
  type(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(new TextEncoder().encode(text));
  }

  focus(): void {
    this.#terminal.focus();
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#resizing.disconnect();
    this.#socket?.close();
    this.#terminal.dispose();
  }

  #open(path: string): void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${path}`, 'binary');
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      // What was there is shown once more from its beginning, by the host.
      this.#terminal.reset();
      this.#failures = 0;
      this.#hasConnected = true;
      this.state = 'connected';
      this.focus();
    });
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#terminal.write(new Uint8Array(data));
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
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
