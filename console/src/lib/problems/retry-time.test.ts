import { describe, expect, it } from 'vitest';
import { retryTime } from './retry-time.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

describe('retryTime', () => {
  it('is what a lock-out says', () => {
    const details = { retryAt: '2026-01-01T00:00:30.000Z' };
    expect(retryTime({ code: 'RATE_LIMITED', details }, now)).toBe(now + 30_000);
  });

  it('is so many seconds after a refusal for haste', () => {
    expect(retryTime({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 3 } }, now)).toBe(now + 3000);
  });

  it('is unknown for anything else', () => {
    expect(retryTime({ code: 'RATE_LIMITED', details: {} }, now)).toBeUndefined();
    expect(retryTime({ code: 'FORBIDDEN', details: { retryAfterSeconds: 3 } }, now)).toBeUndefined();
  });
});
