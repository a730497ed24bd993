import { describe, expect, it } from 'vitest';
import { keyStrokes } from './typed-text.ts';
import type { KeyboardName } from './keyboards.ts';

/** Keys in short: `Shift+KeyA`. */
const keys = (text: string, keyboard: KeyboardName) =>
  keyStrokes(text, keyboard).map(
    ({ code, isShifted, isAltGr }) => `${isShifted ? 'Shift+' : ''}${isAltGr ? 'AltGr+' : ''}${code ?? '?'}`,
  );

describe('keyStrokes', () => {
  it('finds the keys of a US keyboard, and Shift where it is needed', () => {
    expect(keys('aA1! ', 'us')).toEqual(['KeyA', 'Shift+KeyA', 'Digit1', 'Shift+Digit1', 'Space']);
    expect(keyStrokes('A', 'us')[0]?.keysym).toBe(0x41);
  });

  it('presses Enter once at the end of a line, whatever it is written as', () => {
    expect(keyStrokes('\r\n', 'de')).toEqual([
      { keysym: 0xff0d, code: 'Enter', isShifted: false, isAltGr: false },
    ]);
  });

  it('gives characters that a keyboard has not by their keysym alone', () => {
    expect(keyStrokes('é云', 'us').map(({ keysym, code }) => [keysym, code])).toEqual([
      [0xe9, null],
      [0x1004e91, null],
    ]);
  });

  it.each([
    ['us', 'Shift+Digit2', 'KeyY', 'Slash'],
    ['gb', 'Shift+Quote', 'KeyY', 'Slash'],
    ['de', 'AltGr+KeyQ', 'KeyZ', 'Shift+Digit7'],
    ['fr', 'AltGr+Digit0', 'KeyY', 'Shift+Period'],
    ['es', 'AltGr+Digit2', 'KeyY', 'Shift+Digit7'],
    ['jp', 'BracketLeft', 'KeyY', 'Slash'],
  ] as const)('knows where @, y and / lie on the keyboard %s', (keyboard, at, y, slash) => {
    expect(keys('@y/', keyboard)).toEqual([at, y, slash]);
  });

  it.each(['us', 'gb', 'de', 'fr', 'es', 'jp'] as const)('types every ASCII character on %s', (keyboard) => {
    const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
    expect(printable.filter((character) => keys(character, keyboard).includes('?'))).toEqual([]);
  });

  it('presses a space after a mark that waits, and takes the key that does not wait where there is one', () => {
    expect(keys('^', 'de')).toEqual(['Backquote', 'Space']);
    expect(keys('^', 'fr')).toEqual(['AltGr+Digit9']);
  });

  it('puts accents on letters', () => {
    expect(keys('êÓ', 'es')).toEqual(['Shift+BracketLeft', 'KeyE', 'Quote', 'Shift+KeyO']);
    expect(keys('é', 'fr')).toEqual(['Digit2']);
  });
});
