import { keyboardNames, type KeyboardName } from './keyboards.ts';

/** The keyboard that a guest believes to have; `same`: the one that is typed on. */
export type GuestKeyboard = KeyboardName | 'same';

const key = 'nephos.keyboard';

export function recallKeyboard(storage: Pick<Storage, 'getItem'>): GuestKeyboard {
  const remembered = storage.getItem(key);
  return keyboardNames.find((name) => name === remembered) ?? 'same';
}

export function rememberKeyboard(storage: Pick<Storage, 'setItem'>, keyboard: GuestKeyboard): void {
  storage.setItem(key, keyboard);
}
