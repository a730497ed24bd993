interface KeyPress {
  keysym: number;
  code: string;
}

const control: KeyPress = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: KeyPress = { keysym: 0xffe9, code: 'AltLeft' };
const meta: KeyPress = { keysym: 0xffeb, code: 'MetaLeft' };
const functionKey = (number: number): KeyPress => ({ keysym: 0xffbd + number, code: `F${number}` });

/** Keys that a browser or its system keeps for itself, by what is written on them. */
export const keyCombinations: readonly { name: string; keys: readonly KeyPress[] }[] = [
  { name: 'Ctrl-Alt-Del', keys: [control, alt, { keysym: 0xffff, code: 'Delete' }] },
  { name: 'Ctrl-Alt-Backspace', keys: [control, alt, { keysym: 0xff08, code: 'Backspace' }] },
  ...[1, 2, 3, 7].map((number) => ({
    name: `Ctrl-Alt-F${number}`,
    keys: [control, alt, functionKey(number)],
  })),
  { name: 'Alt-Tab', keys: [alt, { keysym: 0xff09, code: 'Tab' }] },
  { name: 'Alt-F4', keys: [alt, functionKey(4)] },
  { name: 'Ctrl-W', keys: [control, { keysym: 0x77, code: 'KeyW' }] },
  { name: 'Win', keys: [meta] },
  { name: 'Print', keys: [{ keysym: 0xff61, code: 'PrintScreen' }] },
];
