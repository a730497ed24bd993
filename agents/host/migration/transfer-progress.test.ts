import { expect, test } from 'vitest';
import { transferProgress } from './transfer-progress.ts';

const MiB = 1024 ** 2;

test.each([
  [
    { totalBytes: 1024 * MiB, remainingBytes: 612 * MiB, bytesPerSecond: 230 * MiB },
    40,
    '412 MiB of 1.0 GiB, 230 MiB/s',
  ],
  [{ totalBytes: 16 * MiB, remainingBytes: 15.5 * MiB, bytesPerSecond: null }, 3, '512 KiB of 16 MiB'],
  [
    { totalBytes: 3 * 1024 ** 4, remainingBytes: 0, bytesPerSecond: 1.5 * MiB },
    99,
    '3.0 TiB of 3.0 TiB, 1.5 MiB/s',
  ],
  // The guest has changed more than was sent.
  [{ totalBytes: MiB, remainingBytes: 2 * MiB, bytesPerSecond: 0 }, 0, '0 KiB of 1.0 MiB, 0 KiB/s'],
  [{ totalBytes: 0, remainingBytes: 0, bytesPerSecond: null }, 0, '0 KiB of 0 KiB'],
])('%j is %i %%: %s', (transfer, percent, detail) => {
  expect(transferProgress(transfer)).toEqual({ percent, detail });
});
