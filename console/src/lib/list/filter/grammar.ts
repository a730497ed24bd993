/** A piece of what was written into a box of filters. */
export type Token =
  | { kind: 'text'; text: string; start: number; end: number }
  | {
      kind: 'filter';
      key: string;
      /** Values, which commas part. */
      values: string[];
      isNegated: boolean;
      start: number;
      end: number;
    };

const keyPattern = /^(-?)([a-z][a-z-]*):(.*)$/is;
/** Hardware addresses and addresses of IPv6 have colons and are no filters. */
const addressPattern = /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}$/i;

interface Word {
  text: string;
  start: number;
  end: number;
}

/** Words, which blanks part; what is in quotes is one. */
function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let start: number | undefined;
  let isQuoted = false;
  for (let index = 0; index <= text.length; index++) {
    const sign = text[index];
    const isEnd = sign === undefined || (!isQuoted && /\s/.test(sign));
    if (isEnd && start !== undefined) {
      words.push({ text: text.slice(start, index), start, end: index });
      start = undefined;
    }
    if (isEnd) continue;
    start ??= index;
    if (isQuoted && sign === '\\') index++;
    else if (sign === '"') isQuoted = !isQuoted;
  }
  return words;
}

/** Parts at commas that are in no quotes, without the quotes. */
function valuesOf(text: string): string[] {
  const values = [''];
  let isQuoted = false;
  const add = (sign: string) => values.push((values.pop() ?? '') + sign);
  for (let index = 0; index < text.length; index++) {
    const sign = text[index] ?? '';
    if (isQuoted && sign === '\\') add(text[++index] ?? '');
    else if (sign === '"') isQuoted = !isQuoted;
    else if (sign === ',' && !isQuoted) values.push('');
    else add(sign);
  }
  return values;
}

/** Reads `state:running,stopped zone:"North 1" web`. Whatever is written can be read. */
export function tokensOf(text: string): Token[] {
  return wordsOf(text).map(({ text: word, start, end }) => {
    const [, minus, key, rest] = keyPattern.exec(word) ?? [];
    if (key === undefined || rest === undefined || addressPattern.test(word)) {
      return { kind: 'text', text: textOf(word), start, end };
    }
    return {
      kind: 'filter',
      key: key.toLowerCase(),
      values: valuesOf(rest),
      isNegated: minus === '-',
      start,
      end,
    };
  });
}

/** A word without its quotes; commas in it mean themselves. */
function textOf(word: string): string {
  return word.includes('"') ? valuesOf(word).join(',') : word;
}

/** A value as it has to be written: in quotes where it would be read otherwise. */
export function quoted(value: string): string {
  return value !== '' && !/[\s",\\]/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Free text as it has to be written. */
export function quotedText(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [token] = tokensOf(word);
      const isPlain = token?.kind === 'text' && token.text === word;
      return isPlain ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
    })
    .join(' ');
}
