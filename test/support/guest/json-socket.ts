import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';

interface Answer {
  return?: unknown;
  error?: { desc: string };
}

/** A connection that speaks QEMU's JSON lines: the QEMU machine protocol, or the guest agent's. */
export class JsonSocket implements Disposable {
  readonly #socket: Socket;
  readonly #lines: Interface;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#lines = createInterface(socket);
  }

  /** Connects to a listening unix socket. */
  static async connect(path: string): Promise<JsonSocket> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new JsonSocket(socket);
  }

  /** Executes one command; the caller waits for its answer before the next. Fails with what QEMU says. */
  async execute(command: string, args: object = {}): Promise<unknown> {
    const answered = this.#answer();
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const { error, return: value } = await answered;
    if (error) throw new Error(`${command}: ${error.desc}`);
    return value;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #answer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const read = (line: string) => {
        const message = JSON.parse(line) as Answer;
        // Everything else is a greeting or an event.
        if (!message.error && message.return === undefined) return;
        this.#lines.off('line', read);
        resolve(message);
      };
      this.#lines.on('line', read);
      this.#lines.once('close', () => reject(new Error('The connection was closed before the answer.')));
    });
  }
}
