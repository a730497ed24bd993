import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, formatIpv4, overlaps, parseIpv4, parseNetwork } from './ipv4.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('every address survives being written and read', () => {
  fc.assert(fc.property(address, (ip) => parseIpv4(formatIpv4(ip)) === ip));
});

test.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '0x7f.1.1.1', '1.2.3.4 ', '::1'])(
  '%j is no address',
  (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  },
);

describe('networks', () => {
  test('a network has its first and last address', () => {
    const network = parseNetwork('10.1.0.0/16');
    expect(network && [formatIpv4(network.start), formatIpv4(network.end), network.prefix]).toEqual([
      '10.1.0.0',
      '10.1.255.255',
      16,
    ]);
  });

  test.each(['10.1.0.1/16', '10.1.0.0', '10.1.0.0/33', '10.1.0.0/-1', '10.1.0.0/a', '10.1.0.0/16/16x'])(
    '%j is no network',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});

test('ranges overlap exactly when they share an address', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20 }))
    .map(([start, length]) => ({ start, end: start + length }));
  const members = ({ start, end }: { start: number; end: number }) =>
    Array.from({ length: end - start + 1 }, (_, i) => start + i);
  fc.assert(
    fc.property(range, range, (a, b) => {
      const shared = members(a).filter((ip) => members(b).includes(ip));
      expect(overlaps(a, b)).toBe(shared.length > 0);
      expect(contains(a, b)).toBe(shared.length === members(b).length);
    }),
  );
});
