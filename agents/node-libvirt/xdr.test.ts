import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximumTextBytes, XdrDecoder, XdrEncoder, XdrError } from './xdr.ts';

function encoded(write: (to: XdrEncoder) => void): Buffer {
  const encoder = new XdrEncoder();
  write(encoder);
  return encoder.finish();
}

function roundTrip<T>(write: (to: XdrEncoder) => void, read: (from: XdrDecoder) => T): T {
  const decoder = new XdrDecoder(encoded(write));
  const value = read(decoder);
  decoder.end();
  return value;
}

// The examples of RFC 4506 and what libvirt sends, byte by byte: both ends could otherwise be wrong alike.
describe('on the wire', () => {
  it.each([
    ['a negative int', (to: XdrEncoder) => to.int(-2), 'fffffffe'],
    ['the largest uint', (to: XdrEncoder) => to.uint(0xffffffff), 'ffffffff'],
    ['a hyper', (to: XdrEncoder) => to.hyper(-1n), 'ffffffffffffffff'],
    ['an unsigned hyper', (to: XdrEncoder) => to.uhyper(1n << 63n), '8000000000000000'],
    ['a double', (to: XdrEncoder) => to.double(1), '3ff0000000000000'],
    ['text that needs padding', (to: XdrEncoder) => to.text('sillyprog'), '0000000973696c6c7970726f67000000'],
    ['text that needs none', (to: XdrEncoder) => to.text('john'), '000000046a6f686e'],
    ['no text', (to: XdrEncoder) => to.text(''), '00000000'],
    ['UTF-8', (to: XdrEncoder) => to.text('é'), '00000002c3a90000'],
    ['bytes', (to: XdrEncoder) => to.bytes(Uint8Array.of(1, 2, 3)), '0000000301020300'],
    ['fixed bytes', (to: XdrEncoder) => to.fixed(Uint8Array.of(1, 2, 3, 4, 5)), '0102030405000000'],
  ])('%s', (_name, write, hex) => expect(encoded(write).toString('hex')).toBe(hex));
});

describe('round trips', () => {
  it('keeps any int, hyper and double', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -0x80000000, max: 0x7fffffff }),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        fc.double(),
        (...values) => {
          const [int, uint, hyper, uhyper, double] = values;
          const read = roundTrip(
            (to) => {
              to.int(int);
              to.uint(uint);
              to.hyper(hyper);
              to.uhyper(uhyper);
              to.double(double);
            },
            (from) => [from.int(), from.uint(), from.hyper(), from.uhyper(), from.double()],
          );
          expect(read).toEqual(values);
        },
      ),
    );
  });

  it('keeps any text and bytes, one after the other, while the buffer grows', () => {
    const texts = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 300 }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(texts, fc.uint8Array({ maxLength: 999 }), (strings, bytes) => {
        const read = roundTrip(
          (to) => {
            for (const text of strings) to.text(text);
            to.bytes(bytes);
          },
          (from) => [strings.map(() => from.text()), Uint8Array.from(from.bytes(999))],
        );
        expect(read).toEqual([strings, bytes]);
      }),
    );
  });

  it('pads with zeros even where the buffer held something else', () => {
    const large = Buffer.alloc(1000, 0xff);
    expect(encoded((to) => to.bytes(large)).length).toBe(1004);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        const buffer = encoded((to) => to.bytes(bytes));
        expect([...buffer.subarray(4 + bytes.length)].every((byte) => byte === 0)).toBe(true);
      }),
    );
  });
});

describe('refuses to write', () => {
  it.each([
    ['an int that is none', (to: XdrEncoder) => to.int(1.5)],
    ['NaN', (to: XdrEncoder) => to.int(NaN)],
    ['an int out of range', (to: XdrEncoder) => to.int(0x80000000)],
    ['a negative uint', (to: XdrEncoder) => to.uint(-1)],
    ['a hyper out of range', (to: XdrEncoder) => to.hyper(1n << 63n)],
    ['a negative unsigned hyper', (to: XdrEncoder) => to.uhyper(-1n)],
    ['text with a NUL', (to: XdrEncoder) => to.text('a\0b')],
    ['text beyond libvirt’s limit', (to: XdrEncoder) => to.text('x'.repeat(maximumTextBytes + 1))],
  ])('%s', (_name, write) => expect(() => encoded(write)).toThrow(RangeError));
});

describe('refuses to read', () => {
  const bytes = (hex: string) => new XdrDecoder(Buffer.from(hex, 'hex'));
  it.each([
    ['an int of which a byte is missing', '000000', (from: XdrDecoder) => from.int()],
    ['a hyper of which half is missing', '00000000', (from: XdrDecoder) => from.hyper()],
    ['text longer than what is there', '000000056162636465', (from: XdrDecoder) => from.text()],
    ['text of forged length', 'ffffffff61626364', (from: XdrDecoder) => from.text()],
    ['bytes above the limit', '000000050102030405000000', (from: XdrDecoder) => from.bytes(4)],
    ['a list above the limit', '00000003', (from: XdrDecoder) => from.count(2)],
    ['a list that cannot fit', '0000100000000000', (from: XdrDecoder) => from.count(16384)],
    ['what is left over', '00000000', (from: XdrDecoder) => from.end()],
  ])('%s', (_name, hex, read) => expect(() => read(bytes(hex))).toThrow(XdrError));

  it('anything at random without another error than its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
        const decoder = new XdrDecoder(Buffer.from(random));
        try {
          decoder.count(1000);
          decoder.text();
          decoder.uhyper();
          decoder.bytes(100);
        } catch (error) {
          expect(error).toBeInstanceOf(XdrError);
        }
      }),
    );
  });
});
