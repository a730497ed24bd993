import { describe, expect, it } from 'vitest';
import { memoryOf, type Point } from './points.ts';

const point = (second: number, overrides: Partial<Point> = {}): Point => ({
  at: new Date(second * 1000).toISOString(),
  cpuPercent: 0,
  memoryUsed: null,
  memoryHeld: 1024,
  diskReadBytesPerSecond: 0,
  diskWriteBytesPerSecond: 0,
  networkReceivedBytesPerSecond: 0,
  networkSentBytesPerSecond: 0,
  ...overrides,
});

describe('memoryOf', () => {
  it('believes the guest, and the host where the guest says nothing', () => {
    expect(memoryOf(point(1, { memoryUsed: '512' }))).toBe(512);
    expect(memoryOf(point(1))).toBe(1024);
    expect(memoryOf(point(1, { memoryHeld: null }))).toBeNull();
  });
});
