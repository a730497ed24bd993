import { XdrDecoder, XdrEncoder } from './xdr.ts';

/**
 * A frame is a length word that counts itself, a header of six words, and a payload
 * (libvirt's internals documentation, "RPC: Wire format").
 */

/** Length word and header, in bytes. */
export const headerBytes = 28;

/** Longest frame that libvirt sends or takes, length word included: 32 MiB and four bytes. */
export const maximumFrameBytes = 32 * 1024 * 1024 + 4;

/** virNetMessageType. */
export const messageType = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;

/** virNetMessageStatus. */
export const messageStatus = { ok: 0, error: 1, continue: 2 } as const;

/** What stands in front of every payload. */
export interface FrameHeader {
  /** Number of the protocol: remote, QEMU, keepalive. */
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  /** Chosen by the caller; the reply and the stream that belong to a call carry the same one. */
  readonly serial: number;
  readonly status: number;
}

/** Bytes that cannot be a frame; the connection is of no use afterwards. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

function writeHeader(frame: Buffer, header: FrameHeader): Buffer {
  if (frame.length > maximumFrameBytes) {
    throw new RangeError(`a message of ${frame.length} bytes is longer than libvirt's ${maximumFrameBytes}`);
  }
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(header.program, 4);
  frame.writeUInt32BE(header.version, 8);
  frame.writeInt32BE(header.procedure, 12);
  frame.writeInt32BE(header.type, 16);
  frame.writeUInt32BE(header.serial, 20);
  frame.writeInt32BE(header.status, 24);
  return frame;
}

/** A frame whose payload is what `write` encodes. */
export function encodeFrame(header: FrameHeader, write: (to: XdrEncoder) => void): Buffer {
  const encoder = new XdrEncoder(headerBytes);
  write(encoder);
  return writeHeader(encoder.finish(), header);
}

/** A frame with raw bytes as its payload, as streams use it. */
export function rawFrame(header: FrameHeader, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame.set(payload, headerBytes);
  return writeHeader(frame, header);
}

/** The header of a whole frame, and its payload ready to be decoded. */
export function readFrame(frame: Buffer): { header: FrameHeader; payload: XdrDecoder } {
  const header = {
    program: frame.readUInt32BE(4),
    version: frame.readUInt32BE(8),
    procedure: frame.readInt32BE(12),
    type: frame.readInt32BE(16),
    serial: frame.readUInt32BE(20),
    status: frame.readInt32BE(24),
  };
  return { header, payload: new XdrDecoder(frame, headerBytes) };
}

/**
 * Cuts what a socket delivers into frames. A frame that lies within one chunk is passed on as a view; only one
 * that is spread over several is copied, and each of its bytes once.
 */
export class FrameReader {
  readonly #deliver: (frame: Buffer) => void;
  /** The start of a frame: its length word as far as it has arrived, or a buffer of its whole length. */
  #partial: Buffer = Buffer.alloc(4);
  #filled = 0;

  /** `deliver` is called once per frame, in order. */
  constructor(deliver: (frame: Buffer) => void) {
    this.#deliver = deliver;
  }

  /** Takes the next bytes. Throws FrameError when no frame can begin like this. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#filled === 0 && chunk.length - at >= 4) {
        const length = checkedLength(chunk.readUInt32BE(at));
        if (chunk.length - at >= length) {
          this.#deliver(chunk.subarray(at, at + length));
          at += length;
          continue;
        }
      }
      at += this.#collect(chunk, at);
    }
  }

  /** Adds to the partial frame what it lacks; returns how many bytes that were. */
  #collect(chunk: Buffer, from: number): number {
    const taken = chunk.copy(this.#partial, this.#filled, from);
    this.#filled += taken;
    if (this.#filled < this.#partial.length) return taken;
    if (this.#filled === 4) {
      const whole = Buffer.allocUnsafe(checkedLength(this.#partial.readUInt32BE(0)));
      this.#partial.copy(whole);
      this.#partial = whole;
    } else {
      const frame = this.#partial;
      this.#partial = Buffer.alloc(4);
      this.#filled = 0;
      this.#deliver(frame);
    }
    return taken;
  }
}

function checkedLength(length: number): number {
  if (length < headerBytes || length > maximumFrameBytes) {
    throw new FrameError(`a frame of ${length} bytes: it must have ${headerBytes} to ${maximumFrameBytes}`);
  }
  return length;
}
