import { describe, expect, it } from 'vitest';
import { keyStrokes } from './typed-text.ts';

describe('keyStrokes', () => {
  it('finds the keys of a US keyboard, and Shift where it is needed', () => {
    expect(keyStrokes('aA1!')).toEqual([
      { keysym: 0x61, code: 'KeyA', isShifted: false },
      { keysym: 0x41, code: 'KeyA', isShifted: true },
      { keysym: 0x31, code: 'Digit1', isShifted: false },
      { keysym: 0x21, code: 'Digit1', isShifted: true },
    ]);
    expect(keyStrokes(' ')).toEqual([{ keysym: 0x20, code: 'Space', isShifted: false }]);
  });

  it('presses Enter once at the end of a line, whatever it is written as', () => {
    expect(keyStrokes('\r\n')).toEqual([{ keysym: 0xff0d, code: 'Enter', isShifted: false }]);
  });

  it('gives other characters by their keysym alone', () => {
    expect(keyStrokes('é云')).toEqual([
      { keysym: 0xe9, code: null, isShifted: false },
      { keysym: 0x1004e91, code: null, isShifted: false },
    ]);
  });
});
