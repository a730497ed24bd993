import { expect, test } from 'vitest';
import { productSettings } from './postgres-settings.ts';

const gib = 1024 ** 3;

test.each([
  [1, '128MB'],
  [4, '128MB'],
  [8, '256MB'],
  [64, '1024MB'],
])('of %i GiB of memory PostgreSQL keeps %s for itself', (memory, cache) => {
  expect(productSettings(memory * gib).shared_buffers).toBe(cache);
});
