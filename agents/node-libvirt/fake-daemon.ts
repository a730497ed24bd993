import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { bool, int, list } from './codec.ts';
import { errorReport } from './errors.ts';
import {
  encodeFrame,
  type FrameHeader,
  FrameReader,
  messageStatus,
  messageType,
  rawFrame,
  readFrame,
} from './frame.ts';
import { keepaliveProcedure } from './keepalive.ts';
import { program } from './procedure.ts';
import { procedures } from './procedures.ts';
import type { XdrDecoder, XdrEncoder } from './xdr.ts';

/** One message from the client, and the ways to answer it. */
export interface Received {
  readonly header: FrameHeader;
  readonly payload: XdrDecoder;
  readonly socket: net.Socket;
  readonly reply: (write?: (to: XdrEncoder) => void) => void;
  readonly fail: (code: number, message: string) => void;
  /** Ends the stream that this message opens or belongs to with an error. */
  readonly breakOff: (code: number, message: string) => void;
  /** Sends a packet of the stream that this message opens or belongs to. */
  readonly packet: (status: number, data?: Uint8Array) => void;
}

type Handler = (received: Received) => void;

/**
 * The other end of the wire for tests of what a real daemon does not do on demand: it stays silent, answers out of
 * order, sends nonsense, hangs up. It lets everybody in and answers probes.
 */
export class FakeDaemon implements AsyncDisposable {
  readonly socketPath: string;
  /** What it does with calls and packets by the number of their procedure; others it leaves unanswered. */
  readonly handlers = new Map<number, Handler>([
    [procedures.authList.number, ({ reply }) => reply((to) => list(int, 1).write(to, [0]))],
    [procedures.connectOpen.number, ({ reply }) => reply()],
    [procedures.connectClose.number, ({ reply }) => reply()],
    [procedures.connectSupportsFeature.number, ({ reply }) => reply((to) => bool.write(to, true))],
  ]);
  /** Everything received, by the number of its procedure. */
  readonly received: number[] = [];
  readonly sockets = new Set<net.Socket>();
  answersProbes = true;
  probes = 0;
  readonly #folder: string;
  readonly #server: net.Server;

  private constructor(folder: string) {
    this.#folder = folder;
    this.socketPath = path.join(folder, 'socket');
    this.#server = net.createServer((socket) => this.serve(socket));
  }

  static async start(): Promise<FakeDaemon> {
    const daemon = new FakeDaemon(await mkdtemp(path.join(os.tmpdir(), 'fake-libvirt-')));
    daemon.#server.listen(daemon.socketPath);
    await once(daemon.#server, 'listening');
    return daemon;
  }

  /** Speaks libvirt's protocol on a connection. */
  serve(socket: net.Socket): void {
    this.sockets.add(socket);
    const reader = new FrameReader((frame) => this.#receive(socket, frame));
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  /** Resolves when this many messages of a procedure have arrived. */
  async hasReceived(procedure: { number: number }, times = 1): Promise<void> {
    while (this.received.filter((number) => number === procedure.number).length < times) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #receive(socket: net.Socket, frame: Buffer): void {
    const { header, payload } = readFrame(frame);
    if (header.program === program.keepalive) {
      this.probes += header.procedure === keepaliveProcedure.ping ? 1 : 0;
      const pong = { ...header, procedure: keepaliveProcedure.pong };
      if (this.answersProbes) socket.write(rawFrame(pong, new Uint8Array()));
      return;
    }
    this.received.push(header.procedure);
    const { stream, reply } = messageType;
    const answer = { ...header, type: header.type === stream ? stream : reply };
    const fail = (type: number, code: number, message: string) => {
      const rest = {
        subject: null,
        text1: null,
        text2: null,
        text3: null,
        number1: 0,
        number2: 0,
        network: null,
      };
      const frame = encodeFrame({ ...header, type, status: messageStatus.error }, (to) =>
        errorReport.write(to, { code, domain: 0, message, level: 2, ...rest }),
      );
      socket.write(frame);
    };
    this.handlers.get(header.procedure)?.({
      header,
      payload,
      socket,
      reply: (write = () => undefined) => socket.write(encodeFrame(answer, write)),
      fail: (code, message) => fail(answer.type, code, message),
      breakOff: (code, message) => fail(stream, code, message),
      packet: (status, data = new Uint8Array()) =>
        socket.write(rawFrame({ ...header, type: stream, status }, data)),
    });
  }
}
