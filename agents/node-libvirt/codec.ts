import type { XdrDecoder, XdrEncoder } from './xdr.ts';
import { XdrError } from './xdr.ts';

/** Writes values of one type to the wire and reads them back. */
export interface Codec<T> {
  write(to: XdrEncoder, value: T): void;
  read(from: XdrDecoder): T;
}

/** The type of the values a codec carries. */
export type Carried<C> = C extends Codec<infer T> ? T : never;

export const int: Codec<number> = { write: (to, value) => to.int(value), read: (from) => from.int() };
export const uint: Codec<number> = { write: (to, value) => to.uint(value), read: (from) => from.uint() };
export const hyper: Codec<bigint> = { write: (to, value) => to.hyper(value), read: (from) => from.hyper() };
export const uhyper: Codec<bigint> = {
  write: (to, value) => to.uhyper(value),
  read: (from) => from.uhyper(),
};
export const text: Codec<string> = { write: (to, value) => to.text(value), read: (from) => from.text() };

/** A truth value that travels as the int 0 or 1; any other number read counts as true, as in C. */
export const bool: Codec<boolean> = {
  write: (to, value) => to.int(value ? 1 : 0),
  read: (from) => from.int() !== 0,
};

/** No value at all. */
export const nothing: Codec<void> = { write: () => undefined, read: () => undefined };

/** Another type on our side than on the wire. */
export function mapped<Wire, T>(
  wire: Codec<Wire>,
  toWire: (value: T) => Wire,
  fromWire: (value: Wire) => T,
): Codec<T> {
  return {
    write: (to, value) => wire.write(to, toWire(value)),
    read: (from) => fromWire(wire.read(from)),
  };
}

/** Bytes on our side, KiB on the wire; bytes that are no whole KiB are rounded up. */
export const kibibytes: Codec<bigint> = mapped(
  uhyper,
  (bytes) => (bytes + 1023n) / 1024n,
  (kib) => kib * 1024n,
);

/** Raw bytes, at most `limit`. What is read is a view of the received frame. */
export function bytes(limit: number): Codec<Uint8Array> {
  return { write: (to, value) => to.bytes(value), read: (from) => from.bytes(limit) };
}

/** A value that may be missing. */
export function optional<T>(codec: Codec<T>): Codec<T | null> {
  return {
    write(to, value) {
      to.int(value === null ? 0 : 1);
      if (value !== null) codec.write(to, value);
    },
    read: (from) => (from.int() === 0 ? null : codec.read(from)),
  };
}

/** At most `limit` values of one type. */
export function list<T>(codec: Codec<T>, limit: number): Codec<readonly T[]> {
  return {
    write(to, values) {
      if (values.length > limit) throw new RangeError(`libvirt takes at most ${limit}, not ${values.length}`);
      to.uint(values.length);
      for (const value of values) codec.write(to, value);
    },
    read(from) {
      const values: T[] = [];
      for (let left = from.count(limit); left > 0; left--) values.push(codec.read(from));
      return values;
    },
  };
}

/** Named values, in the order in which they are written here. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T)[];
  return {
    write(to, value) {
      for (const name of names) fields[name].write(to, value[name]);
    },
    read(from) {
      const value: Partial<T> = {};
      for (const name of names) value[name] = fields[name].read(from);
      return value as T;
    },
  };
}

/** Several values without names, in order. */
export function sequence<T extends readonly unknown[]>(codecs: {
  readonly [K in keyof T]: Codec<T[K]>;
}): Codec<T> {
  return {
    write(to, values) {
      codecs.forEach((codec, index) => codec.write(to, values[index]));
    },
    read: (from) => codecs.map((codec) => codec.read(from)) as unknown as T,
  };
}

/**
 * A number with a name per value, counted from 0. A number that has no name here (from a newer libvirt) reads as
 * `UNKNOWN`, which cannot be written.
 */
export function named<const Name extends string>(names: readonly Name[]): Codec<Name | 'UNKNOWN'> {
  return {
    write(to, name) {
      const value = (names as readonly string[]).indexOf(name);
      if (value < 0) throw new RangeError(`${name} is none of ${names.join(', ')}`);
      to.int(value);
    },
    read: (from) => names[from.int()] ?? 'UNKNOWN',
  };
}

/**
 * A set of named bits, written as the names that are set, together with the bits of `alwaysSet`. Bits without a
 * name here are dropped on reading.
 */
export function flags<const Name extends string>(
  bits: Readonly<Record<Name, number>>,
  alwaysSet = 0,
): Codec<readonly Name[]> {
  return {
    write(to, names) {
      let value = alwaysSet;
      for (const name of names) value = (value | bits[name]) >>> 0;
      to.uint(value);
    },
    read(from) {
      const value = from.uint();
      return (Object.keys(bits) as Name[]).filter((name) => (value & bits[name]) !== 0);
    },
  };
}

/** A value after a word that the protocol asks for and nobody chooses; on reading that word is skipped. */
export function prefixed<T>(word: number, codec: Codec<T>): Codec<T> {
  return {
    write(to, value) {
      to.int(word);
      codec.write(to, value);
    },
    read(from) {
      from.int();
      return codec.read(from);
    },
  };
}

/** A value before a word that the protocol asks for and nobody chooses; on reading that word is skipped. */
export function suffixed<T>(codec: Codec<T>, word: number): Codec<T> {
  return {
    write(to, value) {
      codec.write(to, value);
      to.int(word);
    },
    read(from) {
      const value = codec.read(from);
      from.int();
      return value;
    },
  };
}

/** Something that only ever arrives. */
export function readOnly<T>(read: (from: XdrDecoder) => T): Codec<T> {
  return {
    read,
    write(): never {
      throw new Error('libvirt only sends this');
    },
  };
}

/** Something that is only ever sent. */
export function writeOnly<T>(write: (to: XdrEncoder, value: T) => void): Codec<T> {
  return {
    write,
    read(): never {
      throw new Error('libvirt only takes this');
    },
  };
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** 16 bytes on the wire, the canonical lower-case text on our side. */
export const uuid: Codec<string> = {
  write(to, value) {
    if (!uuidPattern.test(value)) throw new TypeError(`'${value}' is not a UUID`);
    to.fixed(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
  read(from) {
    const hex = from.fixed(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};

/** Reads a value that must fill the rest of what `decoder` holds; `what` names it in errors. Throws XdrError when bytes are missing or left over. */
export function decodeWhole<T>(codec: Codec<T>, decoder: XdrDecoder, what: string): T {
  try {
    const value = codec.read(decoder);
    decoder.end();
    return value;
  } catch (error) {
    if (!(error instanceof XdrError)) throw error;
    throw new XdrError(`${what}: ${error.message}`, { cause: error });
  }
}
