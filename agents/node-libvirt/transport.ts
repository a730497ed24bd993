import net from 'node:net';
import tls from 'node:tls';
import { FrameReader } from './frame.ts';

/** Where the daemon listens on this host: `/run/libvirt/libvirt-sock`, `/run/libvirt/virtqemud-sock` ... */
export interface UnixAddress {
  /** Path of the socket, at most 107 bytes. */
  readonly socketPath: string;
}

/** A daemon that listens with TLS, as `virtproxyd` and `libvirtd --listen` do. Certificates are PEM texts. */
export interface TlsAddress {
  readonly tls: {
    readonly host: string;
    /** Default 16514. */
    readonly port?: number;
    /** Who must have signed the daemon's certificate. */
    readonly ca: string | Buffer;
    /** Our own certificate: libvirt lets nobody in without one unless configured otherwise. */
    readonly cert: string | Buffer;
    readonly key: string | Buffer;
    /** Name that the daemon's certificate must carry; default is `host`. */
    readonly servername?: string;
  };
}

export type Address = UnixAddress | TlsAddress;

/** Says in words where an address leads, without its secrets. */
export function describeAddress(address: Address): string {
  return 'tls' in address ? `${address.tls.host}:${address.tls.port ?? 16514}` : address.socketPath;
}

/** The socket is open, or the daemon has taken our certificate; rejects with what the socket says otherwise. */
async function connectSocket(address: Address, signal: AbortSignal): Promise<net.Socket> {
  signal.throwIfAborted();
  const socket =
    'tls' in address
      ? tls.connect({ port: 16514, ...address.tls })
      : net.connect({ path: address.socketPath });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const isReady = () => {
    // A libvirt daemon ends the handshake with one byte of value 1, inside TLS, when it lets the client in.
    if ('tls' in address) {
      const verdict = socket.read(1) as Buffer | null;
      if (verdict === null) return;
      if (verdict[0] !== 1) reject(new Error('the daemon does not speak as libvirt does'));
    }
    resolve(undefined);
  };
  const onAbort = () => reject(signal.reason as Error);
  const onEnd = () => reject(new Error('the daemon hung up: it does not accept our certificate'));
  const ready = 'tls' in address ? 'readable' : 'connect';
  socket.on(ready, isReady).on('end', onEnd).on('error', reject);
  signal.addEventListener('abort', onAbort);
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off(ready, isReady).off('end', onEnd).off('error', reject);
    signal.removeEventListener('abort', onAbort);
  }
}

/** What a transport tells its owner; none of it may throw. */
export interface TransportListener {
  frame(frame: Buffer): void;
  /** Called once, after which nothing comes any more; without an error the daemon has hung up. */
  closed(error: Error | undefined): void;
}

/** A connected socket that carries frames. */
export class Transport {
  readonly #socket: net.Socket;
  #isCorked = false;

  /** `socket` must be connected; use `Transport.connect`. */
  constructor(socket: net.Socket, listener: TransportListener) {
    this.#socket = socket;
    const reader = new FrameReader((frame) => listener.frame(frame));
    let failure: Error | undefined;
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => (failure = error));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => listener.closed(failure));
    // Ignored on a unix socket; over TCP it finds a peer that vanished while a stream is paused and pings rest.
    socket.setKeepAlive(true, 15_000);
    socket.setNoDelay(true);
  }

  /** Connects, and with TLS waits until the daemon has let us in. */
  static async connect(
    address: Address,
    listener: TransportListener,
    signal: AbortSignal,
  ): Promise<Transport> {
    return new Transport(await connectSocket(address, signal), listener);
  }

  /** Sends a frame; `sent` is called once the kernel has taken it. Frames of one turn leave in one write. */
  write(frame: Buffer, sent?: () => void): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(frame, sent);
  }

  /** Stops reading, so that the daemon soon stops sending. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Hangs up at once. */
  destroy(error?: Error): void {
    this.#socket.destroy(error);
  }
}
