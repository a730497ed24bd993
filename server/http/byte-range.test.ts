import { expect, test } from 'vitest';
import { byteRange } from './byte-range.ts';

test.each([
  [undefined, undefined],
  ['bytes=0-', { from: 0, until: 100 }],
  ['bytes=10-19', { from: 10, until: 20 }],
  ['bytes=90-500', { from: 90, until: 100 }],
  ['bytes=-30', { from: 70, until: 100 }],
  ['bytes=-300', { from: 0, until: 100 }],
  ['bytes=99-99', { from: 99, until: 100 }],
  ['bytes=100-', null],
  ['bytes=-0', null],
  ['bytes=20-10', undefined],
  ['bytes=0-1,5-6', undefined],
  ['bytes=-', undefined],
  ['lines=0-1', undefined],
])('%s of 100 bytes is %j', (header, range) => {
  expect(byteRange(header, 100)).toEqual(range);
});

test('an empty file has no range', () => {
  expect(byteRange('bytes=0-', 0)).toBeNull();
});
