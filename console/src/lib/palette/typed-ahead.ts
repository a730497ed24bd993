/** What a key makes of a text at whose end one writes; nothing when it is no key that writes. */
export function textAfter(event: KeyboardEvent, text: string): string | undefined {
  const { key, ctrlKey, metaKey, altKey } = event;
  // Keyboards that need AltGr for `@` say Ctrl and Alt as well.
  if ((ctrlKey || metaKey || altKey) && !event.getModifierState('AltGraph')) return undefined;
  if (key === 'Backspace') return Array.from(text).slice(0, -1).join('');
  return key.length === 1 ? text + key : undefined;
}
