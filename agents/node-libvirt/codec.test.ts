import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Codec,
  flags,
  int,
  kibibytes,
  list,
  named,
  optional,
  prefixed,
  record,
  sequence,
  suffixed,
  text,
  uuid,
} from './codec.ts';
import { errorReport, hasErrorCode, LibvirtError } from './errors.ts';
import { domainState, nodeInfo } from './results.ts';
import { typedParameters, typedValues } from './typed-parameters.ts';
import { XdrDecoder, XdrEncoder, XdrError } from './xdr.ts';

function write<T>(codec: Codec<T>, value: T): Buffer {
  const encoder = new XdrEncoder();
  codec.write(encoder, value);
  return encoder.finish();
}

function read<T>(codec: Codec<T>, buffer: Buffer): T {
  const decoder = new XdrDecoder(buffer);
  const value = codec.read(decoder);
  decoder.end();
  return value;
}

describe('uuid', () => {
  it('is 16 bytes on the wire and canonical text outside', () => {
    const buffer = write(uuid, '0F0E0D0C-0b0a-0908-0706-050403020100');
    expect(buffer.toString('hex')).toBe('0f0e0d0c0b0a09080706050403020100');
    expect(read(uuid, buffer)).toBe('0f0e0d0c-0b0a-0908-0706-050403020100');
  });

  it('keeps any UUID', () => {
    fc.assert(
      fc.property(fc.uuid(), (value) => {
        expect(read(uuid, write(uuid, value))).toBe(value);
      }),
    );
  });

  it.each(['', '0f0e0d0c0b0a09080706050403020100', '0f0e0d0c-0b0a-0908-0706-05040302010g'])(
    'refuses %j',
    (value) => expect(() => write(uuid, value)).toThrow(TypeError),
  );
});

describe('combined values', () => {
  it('keeps records, lists and missing values', () => {
    interface Shelf {
      name: string;
      label: string | null;
      sizes: readonly number[];
    }
    const shelf = record<Shelf>({ name: text, label: optional(text), sizes: list(int, 10) });
    const shelves = fc.record({
      name: fc.string().map((name) => name.replaceAll('\0', '')),
      label: fc.option(fc.constant('a label')),
      sizes: fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(shelves, (value) => {
        expect(read(shelf, write(shelf, value))).toEqual(value);
      }),
    );
  });

  it('limits lists both ways', () => {
    expect(() => write(list(int, 2), [1, 2, 3])).toThrow(RangeError);
    expect(() => read(list(int, 2), write(list(int, 3), [1, 2, 3]))).toThrow(XdrError);
  });

  it('writes what nobody chooses where the protocol wants it, and skips it on reading', () => {
    const args = sequence<[string, number]>([prefixed(1, text), suffixed(int, 0)]);
    const buffer = write(args, ['ab', 7]);
    expect(buffer.toString('hex')).toBe('00000001' + '0000000261620000' + '00000007' + '00000000');
    expect(read(args, buffer)).toEqual(['ab', 7]);
  });

  it('rounds bytes up to KiB', () => {
    expect(write(kibibytes, 1025n).readBigUInt64BE()).toBe(2n);
    expect(read(kibibytes, write(kibibytes, 4096n))).toBe(4096n);
  });
});

describe('names for numbers', () => {
  it('reads a number without a name as UNKNOWN and does not write it', () => {
    const colour = named(['RED', 'GREEN']);
    expect(read(colour, write(int, 1))).toBe('GREEN');
    expect(read(colour, write(int, 2))).toBe('UNKNOWN');
    expect(read(colour, write(int, -1))).toBe('UNKNOWN');
    expect(() => write(colour, 'UNKNOWN')).toThrow(RangeError);
  });

  it('writes sets of bits, up to the highest', () => {
    const bits = flags({ A: 1, B: 2, TOP: 0x80000000 });
    expect(write(bits, ['TOP', 'A']).toString('hex')).toBe('80000001');
    expect(read(bits, write(bits, ['TOP', 'B']))).toEqual(['B', 'TOP']);
    expect(write(flags({ A: 1 }, 16), []).readUInt32BE()).toBe(16);
  });

  it('names the reason of a state by the state', () => {
    const state = (...words: number[]) =>
      read(domainState, Buffer.concat(words.map((word) => write(int, word))));
    expect(state(1, 1)).toEqual({ state: 'RUNNING', reason: 'BOOTED' });
    expect(state(5, 5)).toEqual({ state: 'SHUTOFF', reason: 'SAVED' });
    expect(state(5, 99)).toEqual({ state: 'SHUTOFF', reason: 'UNKNOWN' });
    expect(state(42, 1)).toEqual({ state: 'UNKNOWN', reason: 'UNKNOWN' });
  });
});

describe('typed parameters', () => {
  it('reads back what was written, as plain values', () => {
    const buffer = write(typedParameters(7), [
      { name: 'i', type: 'INT', value: -1 },
      { name: 'u', type: 'UINT', value: 0xffffffff },
      { name: 'l', type: 'LLONG', value: -1n },
      { name: 'ul', type: 'ULLONG', value: (1n << 64n) - 1n },
      { name: 'd', type: 'DOUBLE', value: 0.5 },
      { name: 'b', type: 'BOOLEAN', value: true },
      { name: 's', type: 'STRING', value: 'text' },
    ]);
    const expected = { i: -1, u: 0xffffffff, l: -1n, ul: (1n << 64n) - 1n, d: 0.5, b: true, s: 'text' };
    expect(read(typedValues(7), buffer)).toEqual(expected);
  });

  it('refuses a type it does not know', () => {
    const strange = Buffer.concat([write(int, 1), write(text, 'x'), write(int, 8), write(int, 0)]);
    expect(() => read(typedValues(7), strange)).toThrow('unknown type 8');
  });
});

describe('results with odd shapes', () => {
  it('reads the CPU model, a word per character', () => {
    const model = Buffer.concat(Array.from(Buffer.from('x86_64'), (letter) => write(int, letter)));
    const rest = Buffer.concat([Buffer.alloc(8), ...[2, 2600, 1, 1, 2, 1].map((value) => write(int, value))]);
    const info = read(nodeInfo, Buffer.concat([model, Buffer.alloc(128 - model.length), rest]));
    expect(info).toMatchObject({ model: 'x86_64', cpus: 2, megahertz: 2600, cores: 2 });
  });
});

describe('errors', () => {
  const report = {
    code: 42,
    domain: 10,
    message: 'Domain not found',
    level: 2,
    subject: { name: 'vm', uuid: '11111111-1111-4111-8111-111111111111', id: -1 },
    text1: 'Domain not found',
    text2: null,
    text3: null,
    number1: -1,
    number2: -1,
    network: null,
  };

  it('are read in full', () => expect(read(errorReport, write(errorReport, report))).toEqual(report));

  it('are told apart by name', () => {
    const error = new LibvirtError('domainLookupByName', report);
    expect(error).toMatchObject({
      code: 42,
      codeName: 'NO_DOMAIN',
      domain: 10,
      procedure: 'domainLookupByName',
    });
    expect(hasErrorCode(error, 'NO_NETWORK', 'NO_DOMAIN')).toBe(true);
    expect(hasErrorCode(error, 'NO_NETWORK')).toBe(false);
    expect(hasErrorCode(new Error('other'), 'NO_DOMAIN')).toBe(false);
  });

  it('have a name and a message even when libvirt knows neither', () => {
    const error = new LibvirtError('x', { code: 9999, domain: 0, message: null, level: 2 });
    expect(error).toMatchObject({ codeName: '9999', message: 'libvirt gave no message for error 9999' });
  });
});
