import { describe, expect, it } from 'vitest';
import { stepOfCode, totpEnrolment } from './totp.ts';

// RFC 6238, appendix B, for SHA-1: the secret is ASCII "12345678901234567890"; the last six of the eight digits.
const secret = Buffer.from('12345678901234567890');
const vectors: [second: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
];

describe('a code', () => {
  it.each(vectors)('of second %d is the one of the RFC', (second, code) => {
    expect(stepOfCode(secret, code, new Date(second * 1000))).toBe(BigInt(Math.floor(second / 30)));
  });

  it('is good for one step before and after its own, not for two', () => {
    const step = (seconds: number) =>
      stepOfCode(secret, '050471', new Date((1_111_111_110 + seconds) * 1000));
    expect([-31, -30, 0, 30, 59, 60].map(step)).toEqual([
      null,
      37_037_037n,
      37_037_037n,
      37_037_037n,
      37_037_037n,
      null,
    ]);
  });

  it.each(['', '05047', '0504711', ' 50471', '05047a', '٠٥٠٤٧١'])('is never %j', (text) => {
    expect(stepOfCode(secret, text, new Date(1_111_111_111_000))).toBeNull();
  });
});

it('an app gets issuer, name and secret', () => {
  const { uri } = totpEnrolment(secret, 'lin@example.org');
  const { protocol, host, pathname, searchParams } = new URL(uri);
  expect([protocol, host, decodeURIComponent(pathname)]).toEqual([
    'otpauth:',
    'totp',
    '/Nephos:lin@example.org',
  ]);
  expect(Object.fromEntries(searchParams)).toEqual({
    issuer: 'Nephos',
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
