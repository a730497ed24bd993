import { keysOf, type Key, type KeyboardName } from './keyboards.ts';

/** A key to press and release: its X11 keysym, where it lies, and what is held meanwhile. */
export interface KeyStroke {
  keysym: number;
  /** Null where the keyboard has no such key: then only its keysym is told. */
  code: string | null;
  isShifted: boolean;
  isAltGr: boolean;
}

const named: Record<string, KeyStroke> = {
  '\n': { keysym: 0xff0d, code: 'Enter', isShifted: false, isAltGr: false },
  '\t': { keysym: 0xff09, code: 'Tab', isShifted: false, isAltGr: false },
};

/** Accents as dead keys have them, by the mark that Unicode combines with a letter. */
const accents: Record<string, string> = {
  '\u0300': '`',
  '\u0301': '´',
  '\u0302': '^',
  '\u0308': '¨',
};

/** Keysyms of Latin-1 are its codes; those of other characters are theirs in Unicode with a mark. */
function keysymOf(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint < 0x100 ? codePoint : 0x1000000 | codePoint;
}

/** The keys that type a text on a keyboard. */
export function keyStrokes(text: string, keyboard: KeyboardName): KeyStroke[] {
  const keys = keysOf(keyboard);
  return Array.from(text.replaceAll('\r\n', '\n')).flatMap((character) => {
    const enter = named[character];
    if (enter !== undefined) return [enter];
    const key = keys.get(character);
    if (key !== undefined) {
      const strokes = [strokeOf(character, key)];
      return key.isDead ? [...strokes, ...keyStrokes(' ', keyboard)] : strokes;
    }
    return accented(character, keys) ?? [strokeOf(character, undefined)];
  });
}

/** A letter with an accent that the keyboard has as a dead key. */
function accented(character: string, keys: ReadonlyMap<string, Key>): KeyStroke[] | undefined {
  const [letter = '', mark = ''] = Array.from(character.normalize('NFD'));
  const accent = accents[mark];
  const [dead, plain] = [accent === undefined ? undefined : keys.get(accent), keys.get(letter)];
  if (accent === undefined || dead?.isDead !== true || plain === undefined) return undefined;
  return [strokeOf(accent, dead), strokeOf(letter, plain)];
}

function strokeOf(character: string, key: Key | undefined): KeyStroke {
  return {
    keysym: keysymOf(character),
    code: key?.code ?? null,
    isShifted: key?.isShifted ?? false,
    isAltGr: key?.isAltGr ?? false,
  };
}
