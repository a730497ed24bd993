import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameError, FrameReader, maximumFrameBytes, rawFrame, readFrame } from './frame.ts';
import { procedures } from './procedures.ts';

const header = { program: 0x20008086, version: 1, procedure: 1, type: 0, serial: 7, status: 0 };

function framesIn(chunks: readonly Buffer[]): string[] {
  const frames: string[] = [];
  const reader = new FrameReader((frame) => frames.push(frame.toString('hex')));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

describe('encoding', () => {
  it('is what libvirt’s own client sends to open test:///default', () => {
    const frame = encodeFrame(header, (to) =>
      procedures.connectOpen.arguments.write(to, ['test:///default', []]),
    );
    expect(frame.toString('hex')).toBe(
      '00000038' + // length, itself included
        '20008086' +
        '00000001' +
        '00000001' +
        '00000000' +
        '00000007' +
        '00000000' + // header
        '00000001' +
        '0000000f' +
        '746573743a2f2f2f64656661756c7400' +
        '00000000', // name is there, text, flags
    );
  });

  it('is read back', () => {
    const { header: read, payload } = readFrame(rawFrame(header, Buffer.from('data')));
    expect(read).toEqual(header);
    expect(payload.rest().toString()).toBe('data');
  });

  it('refuses a frame longer than libvirt takes', () => {
    expect(() => rawFrame(header, Buffer.alloc(maximumFrameBytes))).toThrow(RangeError);
  });
});

describe('reading', () => {
  const first = rawFrame({ ...header, serial: 1 }, Buffer.from('one'));
  const second = rawFrame({ ...header, serial: 2 }, Buffer.alloc(0));
  const third = rawFrame({ ...header, serial: 3 }, Buffer.from('the third'));
  const stream = Buffer.concat([first, second, third]);
  const expected = [first, second, third].map((frame) => frame.toString('hex'));

  it('finds the frames wherever the chunks are cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(framesIn([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(expected);
    }
  });

  it('finds the frames byte by byte', () => {
    expect(framesIn(Array.from(stream, (byte) => Buffer.of(byte)))).toEqual(expected);
  });

  it('finds any frames cut in any way', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 8 });
    const cuts = fc.array(fc.nat(900), { maxLength: 12 });
    fc.assert(
      fc.property(payloads, cuts, (contents, positions) => {
        const frames = contents.map((content) => rawFrame(header, content));
        const whole = Buffer.concat(frames);
        const sorted = [
          0,
          ...positions.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b),
          whole.length,
        ];
        const chunks = sorted.slice(1).map((cut, index) => whole.subarray(sorted[index], cut));
        expect(framesIn(chunks)).toEqual(frames.map((frame) => frame.toString('hex')));
      }),
    );
  });

  it('does not copy a frame that arrives in one piece', () => {
    let frame: Buffer = Buffer.alloc(0);
    new FrameReader((whole) => (frame = whole)).push(first);
    expect(frame.buffer).toBe(first.buffer);
  });

  it('takes the longest frame there is', () => {
    const longest = rawFrame(header, Buffer.alloc(maximumFrameBytes - 28, 'x'));
    const lengths: number[] = [];
    const reader = new FrameReader((frame) => lengths.push(frame.length));
    for (let at = 0; at < longest.length; at += 1_000_003) reader.push(longest.subarray(at, at + 1_000_003));
    expect(lengths).toEqual([maximumFrameBytes]);
  });

  it.each([
    ['no length', 0],
    ['a length without room for a header', 27],
    ['one byte too many', maximumFrameBytes + 1],
    ['what plain text looks like', Buffer.from('HTTP').readUInt32BE()],
  ])('refuses %s, in one piece and in many', (_name, length) => {
    const bad = Buffer.alloc(64);
    bad.writeUInt32BE(length);
    expect(() => framesIn([bad])).toThrow(FrameError);
    expect(() => framesIn(Array.from(bad, (byte) => Buffer.of(byte)))).toThrow(FrameError);
  });
});
