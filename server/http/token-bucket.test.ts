import { expect, test } from 'vitest';
import { TokenBuckets } from './token-bucket.ts';

const rate = { perSecond: 2, burst: 4 };

test('a burst is let through, and then as much as comes back', () => {
  let now = 0;
  const buckets = new TokenBuckets(() => now);
  const take = () => buckets.take('one', rate);
  expect([take(), take(), take(), take(), take()]).toEqual([0, 0, 0, 0, 1]);
  now = 500;
  expect([take(), take()]).toEqual([0, 1]);
  now = 60_000;
  expect([take(), take(), take(), take(), take()]).toEqual([0, 0, 0, 0, 1]);
});

test('the wait is told in whole seconds', () => {
  const buckets = new TokenBuckets(() => 0);
  buckets.take('one', { perSecond: 0.1, burst: 1 });
  expect(buckets.take('one', { perSecond: 0.1, burst: 1 })).toBe(10);
});

test('one key’s haste is not another’s', () => {
  const buckets = new TokenBuckets(() => 0);
  buckets.take('one', rate, 4);
  expect(buckets.take('one', rate)).toBe(1);
  expect(buckets.take('two', rate)).toBe(0);
});

test('a million keys do not take a million buckets', () => {
  const buckets = new TokenBuckets(() => 0);
  for (let key = 0; key < 1_000_000; key++) buckets.take(String(key), rate);
  expect(buckets.size).toBeLessThanOrEqual(50_000);
});
