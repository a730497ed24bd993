import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';

const folder = path.join(import.meta.dirname, '../../console/messages');

function read(locale: string): Map<string, string> {
  const files = readdirSync(path.join(folder, locale)).map((file) => path.join(folder, locale, file));
  const entries = files.flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>),
  );
  return new Map(entries);
}

/** What a language says, by the names of messages. @throws Error for one that there is not */
export function wordsOf(locale: string): (key: string) => string {
  const messages = read(locale);
  return (key) => {
    const text = messages.get(key);
    if (text === undefined) throw new Error(`there is no message ${key}`);
    return text;
  };
}

/** Words that are data as well: the format of an image. */
const words = new Set(['ISO']);

/** English texts that a translated page must not show. */
export function translatedTexts(locale: string): Set<string> {
  const translations = read(locale);
  const texts = [...read('en')].filter(
    ([key, text]) => translations.get(key) !== text && !text.includes('{'),
  );
  return new Set(texts.map(([, text]) => text).filter((text) => !words.has(text)));
}

const escaped = (text: string) => text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * Finds the message of a language that a text was made of.
 *
 * @param among names of those that it can be; unless told otherwise all
 * @returns its name; none where several say the same
 */
export function messageFinder(
  locale: string,
  among?: readonly string[],
): (text: string) => string | undefined {
  const messages = [...read(locale)]
    .filter(([key]) => among?.includes(key) ?? true)
    .map(([key, text]) => {
      const parts = text.split(/\{\w+\}/);
      return {
        ...{ key, text, length: parts.join('').length },
        pattern: new RegExp(`^${parts.map(escaped).join('.+')}$`, 's'),
      };
    })
    .filter(({ length }) => length > 0)
    // What says most of its own fits best: “Delete user X” before “Delete X”.
    .sort((one, other) => other.length - one.length);
  return (text) => {
    const found = messages.find(({ pattern }) => pattern.test(text));
    return messages.filter((each) => each.text === found?.text).length === 1 ? found?.key : undefined;
  };
}

/** Names of messages, which a page would show in place of one that is missing. */
export function messageKeys(): Set<string> {
  return new Set(read('en').keys());
}

/** Every text of a page or of a part of it, shown or read out. */
export async function textsOf(page: Page, part = 'body'): Promise<string[]> {
  return page.locator(part).evaluate((root) => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      // What machines are called, or say, is in no language.
      if (node.parentElement?.closest('script, style, code, pre') === null)
        texts.push(node.textContent ?? '');
    }
    for (const element of root.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name) ?? '');
    }
    return [...texts, document.title].map((text) => text.trim()).filter((text) => text !== '');
  });
}
