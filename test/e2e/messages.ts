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

/** Names of messages, which a page would show in place of one that is missing. */
export function messageKeys(): Set<string> {
  return new Set(read('en').keys());
}

/** Every text of a page, shown or read out. */
export async function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      // What machines are called, or say, is in no language.
      if (node.parentElement?.closest('script, style, code, pre') === null)
        texts.push(node.textContent ?? '');
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name) ?? '');
    }
    return [...texts, document.title].map((text) => text.trim()).filter((text) => text !== '');
  });
}
