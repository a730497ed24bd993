import { ConnectionClosedError } from './errors.ts';
import { encodeFrame, type FrameHeader, messageStatus, messageType, rawFrame, readFrame } from './frame.ts';
import { Keepalive, type KeepaliveOptions, keepaliveProcedure } from './keepalive.ts';
import { type CallOptions, PendingCall } from './pending-call.ts';
import { type Procedure, program } from './procedure.ts';
import { type Address, Transport } from './transport.ts';
import { type XdrDecoder, XdrError } from './xdr.ts';

/** What a session needs to know from its owner. */
export interface SessionOptions {
  /** Calls that may be unanswered at a time; further ones wait here. */
  readonly maxInFlight: number;
  /** Deadline of a call that names none, in ms; 0 for none. */
  readonly callTimeoutMs: number;
}

/** Takes the packets of one stream. */
export interface StreamListener {
  packet(header: FrameHeader, payload: XdrDecoder): void;
  disconnected(reason: Error): void;
}

/** Takes the messages that are no answer to a call: events. */
export type MessageListener = (header: FrameHeader, payload: XdrDecoder) => void;

/** Which procedure a packet belongs to. */
export type ProcedureNumber = Pick<Procedure<readonly unknown[], unknown>, 'program' | 'number'>;

interface Waiting {
  readonly frame: Buffer;
  readonly call: PendingCall<unknown>;
}

const protocolVersion = 1;

/**
 * Calls, events and stream packets over one transport. Calls may be answered in any order: the daemon works on
 * several at a time.
 */
export class RpcSession {
  /** Resolves when the session has ended, with why. */
  readonly closed: Promise<Error>;
  /** Hears every message; must not throw. */
  onMessage: MessageListener | undefined;
  readonly #options: SessionOptions;
  readonly #sent = new Map<number, PendingCall<unknown>>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #streams = new Map<number, StreamListener>();
  readonly #resolveClosed: (reason: Error) => void;
  #transport: Transport | undefined;
  #keepalive: Keepalive | undefined;
  #ended: Error | undefined;
  #serial = 0;

  private constructor(options: SessionOptions) {
    this.#options = options;
    const closed = Promise.withResolvers<Error>();
    this.closed = closed.promise;
    this.#resolveClosed = closed.resolve;
  }

  /** Connects to a daemon; rejects with the socket's error or the signal's reason. */
  static async connect(address: Address, options: SessionOptions, signal: AbortSignal): Promise<RpcSession> {
    const session = new RpcSession(options);
    session.#transport = await Transport.connect(
      address,
      {
        frame: (frame) => session.#receive(frame),
        closed: (error) => session.#end(error ?? new Error('the daemon hung up')),
      },
      signal,
    );
    return session;
  }

  /** Whether the session has ended. */
  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Makes a call. A stream that the call opens delivers its packets to `stream` from before the answer on, under
   * the serial handed to `onSerial`.
   *
   * Rejects with LibvirtError, CallTimeoutError, ConnectionClosedError, the signal's reason, or RangeError and
   * TypeError for arguments that cannot be sent.
   */
  call<Arguments extends readonly unknown[], Result>(
    procedure: Procedure<Arguments, Result>,
    args: Arguments,
    options: CallOptions = {},
    stream?: { listener: StreamListener; onSerial: (serial: number) => void },
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      options.signal?.throwIfAborted();
      const serial = this.#nextSerial();
      const header = this.#header(procedure, messageType.call, serial, messageStatus.ok);
      const frame = encodeFrame(header, (to) => procedure.arguments.write(to, args));
      const timeoutMs = options.timeoutMs ?? (procedure.isLasting ? 0 : this.#options.callTimeoutMs);
      const call = new PendingCall(procedure, { resolve, reject }, { ...options, timeoutMs }, () => {
        // One that was sent keeps its place until it is answered: the daemon is still busy with it.
        this.#waiting.delete(serial);
      });
      if (this.#ended) {
        call.disconnected(this.#ended);
        return;
      }
      if (stream) {
        this.#streams.set(serial, stream.listener);
        stream.onSerial(serial);
      }
      if (this.#sent.size < this.#options.maxInFlight) this.#send(serial, frame, call);
      else this.#waiting.set(serial, { frame, call });
    });
  }

  /** Sends a packet of the stream that the call `serial` has opened; `sent` is called when the kernel has it. */
  sendPacket(
    procedure: ProcedureNumber,
    serial: number,
    status: number,
    data: Uint8Array,
    sent?: () => void,
  ): void {
    const header = this.#header(procedure, messageType.stream, serial, status);
    if (!this.#ended) this.#transport?.write(rawFrame(header, data), sent);
  }

  /** Ends the session when the daemon stays silent. The daemon must have said that it answers probes. */
  startKeepalive(options: KeepaliveOptions): void {
    const ping = () => this.#sendKeepalive(keepaliveProcedure.ping);
    this.#keepalive = new Keepalive(options, ping, (silentMs) =>
      this.close(new Error(`the daemon has been silent for ${silentMs} ms`)),
    );
  }

  /** Stops reading, and with it answers and events, until `resume`. */
  pause(): void {
    this.#transport?.pause();
  }

  resume(): void {
    this.#transport?.resume();
  }

  /** Ends the session: what is not answered fails with ConnectionClosedError and this reason. */
  close(reason: Error): void {
    if (this.#ended) return;
    this.#end(reason);
    this.#transport?.destroy();
  }

  #header(procedure: ProcedureNumber, type: number, serial: number, status: number): FrameHeader {
    return {
      program: procedure.program,
      version: protocolVersion,
      procedure: procedure.number,
      type,
      serial,
      status,
    };
  }

  #nextSerial(): number {
    do this.#serial = (this.#serial + 1) >>> 0;
    while (this.#sent.has(this.#serial) || this.#streams.has(this.#serial));
    return this.#serial;
  }

  #send(serial: number, frame: Buffer, call: PendingCall<unknown>): void {
    call.isSent = true;
    this.#sent.set(serial, call);
    this.#transport?.write(frame);
  }

  #sendNextWaiting(): void {
    const next = this.#waiting.entries().next();
    if (next.done) return;
    const [serial, { frame, call }] = next.value;
    this.#waiting.delete(serial);
    this.#send(serial, frame, call);
  }

  #receive(frame: Buffer): void {
    if (this.#ended) return;
    this.#keepalive?.heard();
    const { header, payload } = readFrame(frame);
    try {
      this.#dispatch(header, payload);
    } catch (error) {
      if (!(error instanceof XdrError)) throw error;
      this.close(error);
    }
  }

  #dispatch(header: FrameHeader, payload: XdrDecoder): void {
    if (header.program === program.keepalive) {
      if (header.procedure === keepaliveProcedure.ping) this.#sendKeepalive(keepaliveProcedure.pong);
      return;
    }
    switch (header.type) {
      case messageType.reply:
        this.#answer(header, payload);
        break;
      case messageType.message:
        this.onMessage?.(header, payload);
        break;
      case messageType.stream:
      case messageType.streamHole:
        // Packets may still be under way for a stream that is closed on this side.
        this.#streams.get(header.serial)?.packet(header, payload);
        break;
      default:
        throw new XdrError(`the daemon sent a message of type ${header.type}`);
    }
  }

  #answer(header: FrameHeader, payload: XdrDecoder): void {
    const call = this.#sent.get(header.serial);
    if (!call) throw new XdrError(`the daemon answered call ${header.serial}, which was never made`);
    this.#sent.delete(header.serial);
    this.#sendNextWaiting();
    if (header.status !== messageStatus.ok) this.#streams.delete(header.serial);
    call.answer(header.status, payload);
  }

  #sendKeepalive(procedure: number): void {
    const header = this.#header(
      { program: program.keepalive, number: procedure },
      messageType.message,
      0,
      messageStatus.ok,
    );
    this.#transport?.write(rawFrame(header, new Uint8Array()));
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#keepalive?.stop();
    const calls = [...this.#sent.values(), ...[...this.#waiting.values()].map(({ call }) => call)];
    const streams = [...this.#streams.values()];
    this.#sent.clear();
    this.#waiting.clear();
    this.#streams.clear();
    for (const call of calls) call.disconnected(reason);
    for (const stream of streams) stream.disconnected(reason);
    this.#resolveClosed(new ConnectionClosedError(reason.message, { cause: reason }));
  }
}
