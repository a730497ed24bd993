import { Duplex } from 'node:stream';
import { decodeWhole } from './codec.ts';
import { ConnectionClosedError, errorReport, hasErrorCode, LibvirtError } from './errors.ts';
import { type FrameHeader, messageStatus, messageType } from './frame.ts';
import type { CallOptions } from './pending-call.ts';
import type { Procedure } from './procedure.ts';
import type { ProcedureNumber, RpcSession, StreamListener } from './rpc-session.ts';
import { type XdrDecoder, XdrError } from './xdr.ts';

/** Longest payload of a stream packet that every libvirt takes (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX). */
const packetBytes = 262_120;

/** How long an aborted stream waits for the daemon to let go of it. */
const abortGraceMs = 1000;

/**
 * Bytes from and to the daemon: a console, a screenshot.
 *
 * Each stream has a connection of its own. libvirt has no flow control within a connection: a reader that is slow
 * would hold up the answers to all calls, and a guest that does not read its console would, after five packets,
 * make the daemon stop reading calls at all. On its own connection a slow end slows only its own stream.
 *
 * The daemon knows no half-closed streams: when either direction ends, both do. `end()` asks the daemon to finish
 * and reports its refusal as the stream's error; `destroy()` aborts. When the other end goes away the stream ends
 * without an error.
 */
export class LibvirtStream extends Duplex {
  readonly #session: RpcSession;
  readonly #procedure: ProcedureNumber & { readonly name: string };
  #serial = 0;
  #hasReadAll = false;
  /** Whether the daemon has let go of the stream, or cannot any more. */
  #isOver = false;
  #onOver: () => void = () => undefined;

  private constructor(session: RpcSession, procedure: ProcedureNumber & { readonly name: string }) {
    super({ allowHalfOpen: false });
    this.#session = session;
    this.#procedure = procedure;
  }

  /**
   * Makes the call that opens a stream on a session that carries nothing else and is closed with the stream.
   * Rejects as the call does.
   */
  static async open<Arguments extends readonly unknown[], Result>(
    session: RpcSession,
    procedure: Procedure<Arguments, Result>,
    args: Arguments,
    options?: CallOptions,
  ): Promise<{ stream: LibvirtStream; result: Result }> {
    const stream = new LibvirtStream(session, procedure);
    const listener: StreamListener = {
      packet: (header, payload) => stream.#packet(header, payload),
      disconnected: (reason) => stream.#disconnected(reason),
    };
    const onSerial = (serial: number) => (stream.#serial = serial);
    try {
      return { stream, result: await session.call(procedure, args, options, { listener, onSerial }) };
    } catch (error) {
      // Nobody holds the stream yet, so nobody would hear its error: the call's rejection says it.
      stream.on('error', () => undefined);
      stream.#isOver = true;
      stream.destroy();
      throw error;
    }
  }

  override _read(): void {
    this.#session.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    let at = 0;
    for (; chunk.length - at > packetBytes; at += packetBytes) {
      this.#send(messageStatus.continue, chunk.subarray(at, at + packetBytes));
    }
    this.#send(messageStatus.continue, chunk.subarray(at), () => written());
  }

  override _final(finished: (error?: Error | null) => void): void {
    this.#whenOver(() => {
      this.push(null);
      finished();
    });
    if (!this.#isOver) this.#send(messageStatus.ok);
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    const timer = setTimeout(() => this.#over(), abortGraceMs);
    this.#whenOver(() => {
      clearTimeout(timer);
      this.#session.close(new Error('the stream is closed'));
      destroyed(error);
    });
    if (this.#isOver) return;
    // Waiting for the daemon, not only hanging up, so that the console is free for whoever opens it next.
    this.#send(messageStatus.error);
    this.#session.resume();
  }

  #send(status: number, data: Uint8Array = new Uint8Array(), sent?: () => void): void {
    this.#session.sendPacket(this.#procedure, this.#serial, status, data, sent);
  }

  #packet(header: FrameHeader, payload: XdrDecoder): void {
    if (header.type === messageType.streamHole) throw new XdrError('a hole in a stream that is not sparse');
    if (header.status === messageStatus.continue) this.#data(payload.rest());
    else if (header.status === messageStatus.ok) this.#over();
    else
      this.#failed(new LibvirtError(this.#procedure.name, decodeWhole(errorReport, payload, 'stream error')));
  }

  #data(data: Buffer): void {
    if (this.destroyed || this.#hasReadAll) return;
    if (data.length === 0) {
      this.#hasReadAll = true;
      this.push(null);
    } else if (!this.push(data)) {
      this.#session.pause();
    }
  }

  #failed(error: LibvirtError): void {
    // After the end of the data the daemon may add that the other end is gone, which is what ends a console.
    if (this.destroyed || (this.#hasReadAll && hasErrorCode(error, 'RPC'))) {
      this.#over();
      return;
    }
    this.#isOver = true;
    this.destroy(error);
  }

  #disconnected(reason: Error): void {
    if (this.destroyed) {
      this.#over();
      return;
    }
    this.#isOver = true;
    this.destroy(new ConnectionClosedError(`${this.#procedure.name}: ${reason.message}`, { cause: reason }));
  }

  #whenOver(action: () => void): void {
    if (this.#isOver) action();
    else this.#onOver = action;
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onOver();
  }
}
