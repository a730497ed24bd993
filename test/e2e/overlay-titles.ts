import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../../console/src');
const files = globSync('**/*.svelte', { cwd: folder }).sort();
const sources = new Map(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));

/** A dialog of any kind that is given a title: what the library calls `Dialog.Title` is none. */
const dialogTag = /<\w*Dialog\s/g;
const titleProperty = /\s(?:title=\{((?:[^{}]|\{[^{}]*\})*)\}|\{(title)\})/;
const messagesIn = (text: string) => [...text.matchAll(/\bm\.(\w+)/g)].map((match) => match[1]!);

/** A tag from where it begins to its end. */
function tagAt(source: string, start: number): string {
  let depth = 0;
  let end = start;
  for (; source[end] !== '>' || depth > 0; end++) depth += { '{': 1, '}': -1 }[source[end]!] ?? 0;
  return source.slice(start, end);
}

/** Messages that a source gives something called so: `remove: m.keys_delete,` or `const title = …;`. */
function messagesCalled(name: string, source: string): string[] {
  const given = new RegExp(String.raw`\b${name}(?:: ([^,]*)| = ([^;]*))`, 'g');
  return [...source.matchAll(given)].flatMap((match) => messagesIn(match[1] ?? match[2]!));
}

function titlesIn(file: string, source: string): string[] {
  return [...source.matchAll(dialogTag)].flatMap(({ index }) => {
    const match = titleProperty.exec(tagAt(source, index));
    const value = match?.[1] ?? match?.[2];
    if (value === undefined) return [];
    const named = messagesIn(value);
    if (named.length > 0) return named;
    // It is given elsewhere: further up, or in a list of words that whoever uses the file hands in.
    const name = /(\w+)(?:\(.*\))?$/s.exec(value)![1]!;
    const isHandedIn = value.includes('.') && !source.includes(`${name}: m.`);
    const users = [...sources.values()].filter((each) => each.includes(`/${path.basename(file)}'`));
    return (isHandedIn ? users : [source]).flatMap((each) => messagesCalled(name, each));
  });
}

/** Names of the messages that the console's dialogs have as titles, as its sources say. */
export function dialogTitles(): string[] {
  return [...new Set([...sources].flatMap(([file, source]) => titlesIn(file, source)))];
}
