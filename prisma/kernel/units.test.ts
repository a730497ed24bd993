import { expect, test } from 'vitest';
import { formatBytes, GiB, KiB, MiB, TiB } from './units.ts';

test.each([
  [0n, '0 B'],
  [1023n, '1023 B'],
  [KiB, '1 KiB'],
  [1536n, '1.5 KiB'],
  [20n * MiB, '20 MiB'],
  [10n * GiB, '10 GiB'],
  [2n * TiB + TiB / 4n, '2.25 TiB'],
  [5000n * TiB, '5000 TiB'],
])('%s bytes read %j', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
