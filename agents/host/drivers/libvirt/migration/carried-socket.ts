import { once } from 'node:events';
import { chmod, chown } from 'node:fs/promises';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { relay } from '@nephos/agent-runtime/peer/relay.ts';

/**
 * A unix socket that stands for one on another host: every connection to it is carried there. Closing it cuts those
 * that are open.
 */
export class CarriedSocket implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #open = new Set<Duplex>();

  private constructor(carry: () => Promise<Duplex>, onFailure: (error: unknown) => void) {
    this.#server = net.createServer({ pauseOnConnect: true }, (socket) => {
      this.#track(socket);
      carry().then(
        (stream) => {
          this.#track(stream);
          return relay(socket, stream);
        },
        (error: unknown) => {
          onFailure(error);
          socket.destroy();
        },
      );
    });
  }

  /** @param owner who may connect, beside root */
  static async open(
    place: string,
    owner: { uid: number; gid: number },
    carry: () => Promise<Duplex>,
    onFailure: (error: unknown) => void,
  ): Promise<CarriedSocket> {
    const carried = new CarriedSocket(carry, onFailure);
    carried.#server.listen(place);
    await once(carried.#server, 'listening');
    await chown(place, owner.uid, owner.gid);
    await chmod(place, 0o600);
    return carried;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const stream of this.#open) stream.destroy();
    await closed;
  }

  #track(stream: Duplex): void {
    this.#open.add(stream);
    stream.on('error', () => undefined).once('close', () => this.#open.delete(stream));
  }
}

/** A connection to a unix socket of this host. */
export async function connectTo(place: string): Promise<net.Socket> {
  const socket = net.connect(place);
  await once(socket, 'connect');
  return socket;
}
