import type { KeyStroke } from './typed-text.ts';

type Send = (keysym: number, code: string | null, isDown: boolean) => void;

const shift = { keysym: 0xffe1, code: 'ShiftLeft', codes: ['ShiftLeft', 'ShiftRight'] };
const altGr = { keysym: 0xfe03, code: 'AltRight', codes: ['AltRight'] };

/** Presses a key with exactly what it needs held, whatever is held on the keyboard, and leaves that as it was. */
export function sendStroke(
  { keysym, code, isShifted, isAltGr }: KeyStroke,
  held: ReadonlySet<string>,
  send: Send,
): void {
  const modifiers = [
    { ...shift, isWanted: isShifted },
    { ...altGr, isWanted: isAltGr },
  ].map((each) => ({ ...each, held: each.codes.filter((one) => held.has(one)) }));
  const change = (isBefore: boolean) => {
    for (const modifier of modifiers) {
      if (modifier.isWanted && modifier.held.length === 0) send(modifier.keysym, modifier.code, isBefore);
      if (!modifier.isWanted) for (const one of modifier.held) send(modifier.keysym, one, !isBefore);
    }
  };
  change(true);
  send(keysym, code, true);
  send(keysym, code, false);
  change(false);
}

/**
 * Takes keys that type something from an element, before anybody else hears them, and has their characters typed; other
 * keys, and those with Ctrl, Alt or Meta, go their way.
 * @param isWanted asked for each key
 * @returns a function that ends it
 */
export function takeCharacters(
  element: HTMLElement,
  isWanted: () => boolean,
  type: (character: string, held: ReadonlySet<string>) => void,
): () => void {
  const taken = new Set<string>();
  const held = new Set<string>();
  const take = (event: KeyboardEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const onDown = (event: KeyboardEvent) => {
    if (isModifier(event.code)) held.add(event.code);
    if (!isWanted() || !isCharacter(event)) return;
    take(event);
    taken.add(event.code);
    type(event.key, held);
  };
  const onUp = (event: KeyboardEvent) => {
    held.delete(event.code);
    if (taken.delete(event.code)) take(event);
  };
  const forget = () => {
    held.clear();
    taken.clear();
  };
  element.addEventListener('keydown', onDown, { capture: true });
  element.addEventListener('keyup', onUp, { capture: true });
  window.addEventListener('blur', forget);
  return () => {
    element.removeEventListener('keydown', onDown, { capture: true });
    element.removeEventListener('keyup', onUp, { capture: true });
    window.removeEventListener('blur', forget);
  };
}

function isModifier(code: string): boolean {
  return shift.codes.includes(code) || altGr.codes.includes(code);
}

function isCharacter(event: KeyboardEvent): boolean {
  if (Array.from(event.key).length !== 1) return false;
  // Windows tells AltGr as Ctrl with Alt.
  return event.getModifierState('AltGraph') || !(event.ctrlKey || event.altKey || event.metaKey);
}
