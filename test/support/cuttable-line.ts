import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

type Direction = 'toServer' | 'fromServer';

/** The cable between agents and a server: it can be cut, or lose what it carries though both ends see it whole. */
export class CuttableLine implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Server;
  readonly #pairs = new Set<{ near: Socket; far: Socket; lost: Set<Direction> }>();
  #isCut = false;

  private constructor(listener: Server, target: () => number) {
    this.#listener = listener;
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (near: Socket) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      this.#join(near, connect(target(), '127.0.0.1'));
    });
  }

  /** @param target port that the line leads to, asked for each connection */
  static async lay(target: () => number): Promise<CuttableLine> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new CuttableLine(listener, target);
  }

  /** Ends all connections and takes no new ones. */
  cut(): void {
    this.#isCut = true;
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** From now on what is said in a direction on present connections gets lost, and nobody is told; new ones are whole. */
  lose(direction: Direction): void {
    for (const { lost } of this.#pairs) lost.add(direction);
  }

  /** Takes connections again. */
  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    const lost = new Set<Direction>();
    const pair = { near, far, lost };
    this.#pairs.add(pair);
    const carry = (from: Socket, to: Socket, direction: Direction) => {
      from.on('data', (chunk) => {
        if (!lost.has(direction)) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        // The end of a connection is lost like everything else.
        if (lost.has(direction)) return;
        to.destroy();
        this.#pairs.delete(pair);
      });
    };
    carry(near, far, 'toServer');
    carry(far, near, 'fromServer');
  }
}
