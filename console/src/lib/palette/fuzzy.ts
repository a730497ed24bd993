/** How well a text that was typed fits a label, from 0 to 1; 0 where it does not. Letters may be left out, not swapped. */
export function fit(typed: string, label: string): number {
  const wanted = typed.trim().toLowerCase();
  const text = label.toLowerCase();
  if (wanted === '') return 1;
  if (text === wanted) return 1;
  if (text.startsWith(wanted)) return 0.9;
  const at = text.indexOf(wanted);
  if (at > 0) return /[\s.\-_/:]/.test(text[at - 1] ?? '') ? 0.8 : 0.6;
  return scattered(wanted.replaceAll(/\s+/g, ''), text);
}

/** Of letters that stand apart: the nearer together and to the beginnings of words, the better. */
function scattered(wanted: string, text: string): number {
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1);
    if (next === -1) return 0;
    const beginsWord = next === 0 || /[\s.\-_/:]/.test(text[next - 1] ?? '');
    if (!beginsWord) gaps += at === -1 ? next : next - at - 1;
    at = next;
  }
  // Two letters are found in nearly everything.
  return wanted.length < 2 || gaps > wanted.length * 3 ? 0 : 0.5 / (1 + gaps / wanted.length);
}
