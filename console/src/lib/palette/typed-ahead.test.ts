// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { textAfter } from './typed-ahead.ts';

const after = (text: string, key: string, modifiers: KeyboardEventInit = {}) =>
  textAfter(new KeyboardEvent('keydown', { key, ...modifiers }), text);

it('letters are added, AltGr or not, and Backspace takes the last one away', () => {
  expect(after('we', 'b')).toBe('web');
  expect(after('ops', '@', { ctrlKey: true, altKey: true, modifierAltGraph: true })).toBe('ops@');
  expect(after('云😀', 'Backspace')).toBe('云');
  expect(after('', 'Backspace')).toBe('');
});

it('commands and keys that write nothing leave it as it is', () => {
  expect(after('web', 'r', { ctrlKey: true })).toBeUndefined();
  expect(after('web', 'Backspace', { metaKey: true })).toBeUndefined();
  expect(after('web', 'F5')).toBeUndefined();
  expect(after('web', 'Tab')).toBeUndefined();
});
