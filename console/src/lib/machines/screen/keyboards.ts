/** A keyboard: what its keys type alone, with Shift and with AltGr, in the order of `keyRows`; a space: nothing. */
interface Layout {
  plain: readonly string[];
  shifted: readonly string[];
  altGr?: readonly string[];
  /** Marks that wait for the next key: a space gives the mark itself, a letter carries it. */
  dead?: string;
}

const layouts = {
  us: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", ' zxcvbnm,./'],
    shifted: ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', ' ZXCVBNM<>?'],
  },
  gb: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'#", '\\zxcvbnm,./'],
    shifted: ['¬!"£$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:@~', '|ZXCVBNM<>?'],
    altGr: ['¦   €'],
  },
  de: {
    plain: ['^1234567890ß´', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'],
    shifted: ['°!"§$%&/()=?`', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'],
    altGr: ['  ²³   {[]}\\', '@ €        ~', '', '|      µ'],
    dead: '^´`',
  },
  fr: {
    plain: ['²&é"\'(-è_çà)=', 'azertyuiop^$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
    shifted: [' 1234567890°+', 'AZERTYUIOP¨£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
    altGr: ['  ~#{[|`\\^@]}', '  €        ¤'],
    dead: '^¨',
  },
  es: {
    plain: ["º1234567890'¡", 'qwertyuiop`+', 'asdfghjklñ´ç', '<zxcvbnm,.-'],
    shifted: ['ª!"·$%&/()=?¿', 'QWERTYUIOP^*', 'ASDFGHJKLÑ¨Ç', '>ZXCVBNM;:_'],
    altGr: ['\\|@#~€¬', '          []', '          {}'],
    dead: '`^´¨',
  },
  jp: {
    plain: [' 1234567890-^', 'qwertyuiop@[', 'asdfghjkl;:]', ' zxcvbnm,./\\¥'],
    shifted: [' !"#$%&\'() =~', 'QWERTYUIOP`{', 'ASDFGHJKL+*}', ' ZXCVBNM<>?_|'],
  },
} satisfies Record<string, Layout>;

export type KeyboardName = keyof typeof layouts;

export const keyboardNames = Object.keys(layouts) as KeyboardName[];

/** Where keys lie, by the names that browsers have for them. */
const keyRows: readonly (readonly string[])[] = [
  ['Backquote', ...Array.from('1234567890', (digit) => `Digit${digit}`), 'Minus', 'Equal'],
  [...lettered('QWERTYUIOP'), 'BracketLeft', 'BracketRight'],
  [...lettered('ASDFGHJKL'), 'Semicolon', 'Quote', 'Backslash'],
  ['IntlBackslash', ...lettered('ZXCVBNM'), 'Comma', 'Period', 'Slash', 'IntlRo', 'IntlYen'],
];

export interface Key {
  code: string;
  isShifted: boolean;
  isAltGr: boolean;
  isDead: boolean;
}

const keyboards = new Map<KeyboardName, ReadonlyMap<string, Key>>();

/** The keys of a keyboard, by what they type. */
export function keysOf(name: KeyboardName): ReadonlyMap<string, Key> {
  const made = keyboards.get(name) ?? makeKeys(layouts[name]);
  keyboards.set(name, made);
  return made;
}

function makeKeys({ plain, shifted, altGr = [], dead = '' }: Layout): ReadonlyMap<string, Key> {
  const keys = new Map<string, Key>([
    [' ', { code: 'Space', isShifted: false, isAltGr: false, isDead: false }],
  ]);
  const levels = [
    { rows: plain, isShifted: false, isAltGr: false },
    { rows: shifted, isShifted: true, isAltGr: false },
    { rows: altGr, isShifted: false, isAltGr: true },
  ];
  for (const { rows, isShifted, isAltGr } of levels) {
    rows.forEach((row, rowIndex) =>
      Array.from(row).forEach((character, index) => {
        const code = keyRows[rowIndex]?.[index];
        if (code === undefined) return;
        const isDead = !isAltGr && dead.includes(character);
        // The easiest key that types it by itself.
        const known = keys.get(character);
        if (known === undefined || (known.isDead && !isDead))
          keys.set(character, { code, isShifted, isAltGr, isDead });
      }),
    );
  }
  return keys;
}

function lettered(letters: string): string[] {
  return Array.from(letters, (letter) => `Key${letter}`);
}
