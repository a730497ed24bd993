import { m } from '#messages';
import type { GuestKeyboard } from './remembered-keyboard.ts';

/** In the order that choices show them. */
export const keyboardLabels: Record<GuestKeyboard, () => string> = {
  same: m.screen_keyboard_same,
  us: m.screen_keyboard_us,
  gb: m.screen_keyboard_gb,
  de: m.screen_keyboard_de,
  fr: m.screen_keyboard_fr,
  es: m.screen_keyboard_es,
  jp: m.screen_keyboard_jp,
};
