import { writtenValue, type FilterKey } from './filter-key.ts';
import { quoted } from './grammar.ts';

/** What may be written at a place, and what it is for people. */
export interface Suggestion {
  written: string;
  label: string;
}

/** The word that is being written. */
export interface WrittenWord {
  start: number;
  end: number;
  /** Known once there is a colon. */
  key?: string;
  /** What is looked for: the beginning of a key, or of the last value. */
  text: string;
}

/** The word at the caret. */
export function wordAt(text: string, caret: number): WrittenWord {
  const before = text.slice(0, caret);
  // An odd number of quotes: the blanks since the last one are part of the word.
  const isQuoted = (before.match(/"/g) ?? []).length % 2 === 1;
  const searched = isQuoted ? before.slice(0, before.lastIndexOf('"')) : before;
  const start = Math.max(searched.lastIndexOf(' ') + 1, 0);
  const word = before.slice(start);
  const [, key, rest] = /^([a-z][a-z-]*):(.*)$/is.exec(word) ?? [];
  if (key === undefined || rest === undefined) return { start, end: caret, text: word };
  const value = rest.slice(rest.lastIndexOf(',') + 1).replaceAll('"', '');
  return {
    start: caret - (rest.length - rest.lastIndexOf(',') - 1),
    end: caret,
    key: key.toLowerCase(),
    text: value,
  };
}

const mostSuggestions = 12;

/** What may be written there. */
export async function suggestionsFor(word: WrittenWord, keys: readonly FilterKey[]): Promise<Suggestion[]> {
  const text = word.text.toLowerCase();
  if (word.key === undefined) {
    return keys
      .filter(({ key, label }) => key.startsWith(text) || label.toLowerCase().startsWith(text))
      .map(({ key, label }) => ({ written: `${key}:`, label }));
  }
  const filterKey = keys.find(({ key }) => key === word.key);
  const { values, lookup } = filterKey ?? {};
  if (values !== undefined) {
    return values
      .map(({ value, label }) => ({ written: writtenValue(value), label }))
      .filter(({ written, label }) => written.includes(text) || label.toLowerCase().includes(text));
  }
  const found = lookup === undefined ? [] : await lookup.find(word.text);
  const names = found.map(({ name }) => name.toLowerCase());
  return found.slice(0, mostSuggestions).map(({ id, name, detail }) => {
    const isOnly = names.indexOf(name.toLowerCase()) === names.lastIndexOf(name.toLowerCase());
    return { written: isOnly ? quoted(name) : id, label: detail ?? name };
  });
}

/** The text with a suggestion taken, and where the caret is then. */
export function completed(
  text: string,
  word: WrittenWord,
  { written }: Suggestion,
): { text: string; caret: number } {
  const isKey = word.key === undefined;
  const rest = text.slice(word.end).replace(/^\S+/, '');
  const between = isKey || rest.startsWith(' ') ? '' : ' ';
  const head = text.slice(0, word.start) + written + between;
  return { text: head + rest, caret: head.length };
}
