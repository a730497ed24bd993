import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { qrPath } from './qr-path.ts';

/** The squares that a path covers, as scanners would see them. */
function squaresOf(path: string): Set<string> {
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)];
  return new Set(
    runs.flatMap(([, x, y, width]) =>
      Array.from({ length: Number(width) }, (_, step) => `${Number(x) + step} ${y ?? ''}`),
    ),
  );
}

describe('qrPath', () => {
  const text = 'otpauth://totp/Nephos:alice?issuer=Nephos&secret=JBSWY3DPEHPK3PXP';
  const { size, path } = qrPath(text);

  it('covers exactly the dark squares of the code', () => {
    const { data } = encode(text, { ecc: 'M', border: 4 });
    const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])));
    expect([...squaresOf(path)].sort()).toEqual(dark.sort());
  });

  it('leaves a quiet zone around them', () => {
    for (const square of squaresOf(path)) {
      for (const place of square.split(' ').map(Number)) {
        expect(place).toBeGreaterThanOrEqual(4);
        expect(place).toBeLessThan(size - 4);
      }
    }
  });
});
