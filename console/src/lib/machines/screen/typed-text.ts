/** A key to press and release: its X11 keysym, and where it lies on a US keyboard. */
export interface KeyStroke {
  keysym: number;
  code: string | null;
  isShifted: boolean;
}

const rows: readonly [code: string, plain: string, shifted: string][] = [
  ['Backquote', '`', '~'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ['Space', ' ', ' '],
  ...Array.from('1234567890', (digit, index) => [`Digit${digit}`, digit, '!@#$%^&*()'[index] ?? ''] as const),
  ...Array.from(
    'abcdefghijklmnopqrstuvwxyz',
    (letter) => [`Key${letter.toUpperCase()}`, letter, letter.toUpperCase()] as const,
  ),
].map(([code = '', plain = '', shifted = '']) => [code, plain, shifted]);

const keys = new Map<string, { code: string; isShifted: boolean }>();
for (const [code, plain, shifted] of rows) {
  keys.set(shifted, { code, isShifted: true });
  keys.set(plain, { code, isShifted: false });
}

const named: Record<string, [keysym: number, code: string]> = {
  '\n': [0xff0d, 'Enter'],
  '\t': [0xff09, 'Tab'],
};

/** Keysyms of Latin-1 are its codes; those of other characters are theirs in Unicode with a mark. */
function keysymOf(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint < 0x100 ? codePoint : 0x1000000 | codePoint;
}

/** The keys that type a text. */
export function keyStrokes(text: string): KeyStroke[] {
  return Array.from(text.replaceAll('\r\n', '\n'), (character) => {
    const [keysym, code] = named[character] ?? [];
    if (keysym !== undefined && code !== undefined) return { keysym, code, isShifted: false };
    const key = keys.get(character);
    return { keysym: keysymOf(character), code: key?.code ?? null, isShifted: key?.isShifted ?? false };
  });
}
