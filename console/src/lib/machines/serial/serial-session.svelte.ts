import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { ConsoleConnection, type Heard } from '../console/console-connection.svelte.ts';

const rememberedLines = 5000;

/** A machine's serial port in an element. */
export class SerialSession {
  readonly connection: ConsoleConnection;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #resizing: ResizeObserver;
  #socket: WebSocket | undefined;

  constructor(machineId: string, target: HTMLElement, label: string) {
    this.connection = new ConsoleConnection(machineId, 'SERIAL', (url, heard) => this.#open(url, heard));
    this.#terminal = new Terminal({
      scrollback: rememberedLines,
      fontSize: 13,
      screenReaderMode: true,
      theme: { background: '#000000' },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(target);
    this.#terminal.textarea?.setAttribute('aria-label', label);
    this.#terminal.onData((text) => this.#send(text));
    this.#resizing = new ResizeObserver(() => this.#fit.fit());
    this.#resizing.observe(target);
  }

  end(): void {
    this.connection.end();
    this.#resizing.disconnect();
    this.#socket?.close();
    this.#terminal.dispose();
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Sends a text as if it had been typed; in brackets, where the guest's program asked for that. */
  paste(text: string): void {
    this.#terminal.paste(text);
    this.focus();
  }

  #open(url: string, { opened, closed }: Heard): void {
    const socket = new WebSocket(url, 'binary');
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      // What was there is shown once more from its beginning, by the host.
      this.#terminal.reset();
      opened();
      this.#terminal.focus();
    });
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#terminal.write(new Uint8Array(data));
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      closed();
    });
  }

  #send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(new TextEncoder().encode(text));
  }
}
