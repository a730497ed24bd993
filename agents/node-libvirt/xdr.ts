/**
 * XDR (RFC 4506) as libvirt uses it: everything big-endian and padded to four bytes, strings in UTF-8.
 */

/** Longest string libvirt reads or writes, in bytes (REMOTE_STRING_MAX, libvirt 9.0). */
export const maximumTextBytes = 4 * 1024 * 1024;

/** What was read is not what the protocol says; the message names the place and the value. */
export class XdrError extends Error {
  override readonly name = 'XdrError';
}

const unit = 4;
const padding = (length: number): number => (unit - (length % unit)) % unit;

function requireInteger(value: number): void {
  // Buffer's own range check lets fractions and NaN through, as another number.
  if (!Number.isInteger(value)) throw new RangeError(`${value} is not an integer`);
}

/** Writes values one after the other into a buffer that grows. Throws RangeError on a value that does not fit. */
export class XdrEncoder {
  #buffer: Buffer;
  #length: number;

  /** `reserve`: bytes left free at the start, for a header that is written last. */
  constructor(reserve = 0) {
    // With a frame's header that makes 256 bytes, which most calls fit into.
    this.#buffer = Buffer.allocUnsafe(reserve + 228);
    this.#length = reserve;
  }

  int(value: number): void {
    requireInteger(value);
    const at = this.#advance(unit);
    this.#buffer.writeInt32BE(value, at);
  }

  uint(value: number): void {
    requireInteger(value);
    const at = this.#advance(unit);
    this.#buffer.writeUInt32BE(value, at);
  }

  hyper(value: bigint): void {
    const at = this.#advance(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  uhyper(value: bigint): void {
    const at = this.#advance(8);
    this.#buffer.writeBigUInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#advance(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  /** Bytes whose number both ends know. */
  fixed(value: Uint8Array): void {
    const at = this.#advance(value.length + padding(value.length));
    this.#buffer.set(value, at);
    this.#buffer.fill(0, at + value.length, this.#length);
  }

  /** Bytes preceded by their number. */
  bytes(value: Uint8Array): void {
    this.uint(value.length);
    this.fixed(value);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    if (length > maximumTextBytes) {
      throw new RangeError(
        `libvirt takes strings of at most ${maximumTextBytes} bytes, this one has ${length}`,
      );
    }
    // The daemon reads C strings: what follows a NUL would silently be cut off.
    if (value.includes('\0')) throw new RangeError('libvirt takes no string with a NUL character');
    this.uint(length);
    const at = this.#advance(length + padding(length));
    this.#buffer.write(value, at);
    this.#buffer.fill(0, at + length, this.#length);
  }

  /** Everything written so far, reserved bytes included; the encoder must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Makes room for `bytes` more and returns where they start. */
  #advance(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    return at;
  }
}

/** Reads values one after the other. Throws XdrError where the bytes do not hold what is asked for. */
export class XdrDecoder {
  readonly #buffer: Buffer;
  #offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  int(): number {
    return this.#buffer.readInt32BE(this.#take(unit));
  }

  uint(): number {
    return this.#buffer.readUInt32BE(this.#take(unit));
  }

  hyper(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  uhyper(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(8));
  }

  double(): number {
    return this.#buffer.readDoubleBE(this.#take(8));
  }

  /** A view of the next `length` bytes, not a copy. */
  fixed(length: number): Buffer {
    const at = this.#take(length + padding(length));
    return this.#buffer.subarray(at, at + length);
  }

  /** A view of bytes preceded by their number, at most `limit` of them. */
  bytes(limit: number): Buffer {
    return this.fixed(this.#length(limit, 'bytes'));
  }

  text(): string {
    const length = this.#length(maximumTextBytes, 'characters');
    const at = this.#take(length + padding(length));
    return this.#buffer.toString('utf8', at, at + length);
  }

  /** The number of elements of a list of at most `limit`. */
  count(limit: number): number {
    const count = this.#length(limit, 'elements');
    // No element is shorter than one unit; without this a forged count would allocate before it fails.
    if (count * unit > this.remaining) {
      throw new XdrError(`${count} elements announced with ${this.remaining} bytes left`);
    }
    return count;
  }

  /** A view of everything not read yet. */
  rest(): Buffer {
    return this.#buffer.subarray(this.#take(this.remaining));
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.remaining !== 0) throw new XdrError(`${this.remaining} bytes too many`);
  }

  #length(limit: number, what: string): number {
    const length = this.uint();
    if (length > limit) throw new XdrError(`${length} ${what} announced where at most ${limit} are allowed`);
    return length;
  }

  #take(bytes: number): number {
    const at = this.#offset;
    if (bytes > this.#buffer.length - at) {
      throw new XdrError(`${bytes} bytes wanted at offset ${at}, ${this.remaining} left`);
    }
    this.#offset = at + bytes;
    return at;
  }
}
