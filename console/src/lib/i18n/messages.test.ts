import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseLocale, messageFolder } from '../../../messages.config.ts';

type Messages = Record<string, string>;

function messagesOf(locale: string): Messages {
  const folder = path.join(messageFolder, locale);
  const files = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  return Object.assign({}, ...files.map((text) => JSON.parse(text) as Messages)) as Messages;
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : sourcesBelow(file);
    return /\.(ts|svelte)$/.test(entry.name) ? [readFileSync(file, 'utf8')] : [];
  });
}

const base = messagesOf(baseLocale);
const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
/** What stays as it is in every language: names, and words of machines. */
const untranslated = /^(Nephos|ID|URL|GraphQL|curl|(\{count\} )?vCPU)$/;

describe.each(readdirSync(messageFolder).filter((locale) => locale !== baseLocale))(
  'messages in %s',
  (locale) => {
    const messages = messagesOf(locale);

    it('are the same as in the language that decides', () => {
      expect(Object.keys(messages).sort()).toEqual(Object.keys(base).sort());
    });

    it('all say something, with the same parameters', () => {
      const wrong = Object.entries(base).filter(([key, text]) => {
        const translated = messages[key] ?? '';
        return translated.trim() === '' || parameters(translated).join() !== parameters(text).join();
      });
      expect(wrong).toEqual([]);
    });

    it('are translated', () => {
      const same = Object.keys(base).filter(
        (key) => messages[key] === base[key] && !untranslated.test(base[key] ?? ''),
      );
      expect(same).toEqual([]);
    });
  },
);

describe('messages', () => {
  it('are all shown somewhere', () => {
    const sources = sourcesBelow(path.join(import.meta.dirname, '../..')).join('\n');
    const used = new Set([...sources.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key));
    expect(Object.keys(base).filter((key) => !used.has(key))).toEqual([]);
  });
});
