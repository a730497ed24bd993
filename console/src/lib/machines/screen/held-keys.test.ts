import { describe, expect, it } from 'vitest';
import { sendStroke } from './held-keys.ts';

function sent(stroke: { isShifted?: boolean; isAltGr?: boolean }, ...held: string[]): string[] {
  const events: string[] = [];
  sendStroke(
    { keysym: 0x61, code: 'KeyA', isShifted: false, isAltGr: false, ...stroke },
    new Set(held),
    (_keysym, code, isDown) => events.push(`${isDown ? '+' : '-'}${code}`),
  );
  return events;
}

describe('sendStroke', () => {
  it('holds what the key needs', () => {
    expect(sent({})).toEqual(['+KeyA', '-KeyA']);
    expect(sent({ isShifted: true })).toEqual(['+ShiftLeft', '+KeyA', '-KeyA', '-ShiftLeft']);
    expect(sent({ isAltGr: true })).toEqual(['+AltRight', '+KeyA', '-KeyA', '-AltRight']);
  });

  it('does not press again what is held already', () => {
    expect(sent({ isShifted: true }, 'ShiftRight')).toEqual(['+KeyA', '-KeyA']);
  });

  it('lets go for a moment of what the key must not have', () => {
    expect(sent({}, 'ShiftRight')).toEqual(['-ShiftRight', '+KeyA', '-KeyA', '+ShiftRight']);
    expect(sent({ isAltGr: true }, 'ShiftLeft')).toEqual([
      '-ShiftLeft',
      '+AltRight',
      '+KeyA',
      '-KeyA',
      '+ShiftLeft',
      '-AltRight',
    ]);
  });
});
