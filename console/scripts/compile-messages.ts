// Compiles messages once. A command of its own, because the compiler leaves timers behind that keep a build waiting
// for half a minute.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from '@inlang/paraglide-js';
import { baseLocale, messageCompilerOptions, messageFolder } from '../messages.config.ts';

/** Names that two files have: with them the compiler never comes to an end. */
function doubledKeys(): string[] {
  const folder = path.join(messageFolder, baseLocale);
  const files = new Map<string, string[]>();
  for (const file of readdirSync(folder)) {
    const messages = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Record<string, string>;
    for (const key of Object.keys(messages)) files.set(key, [...(files.get(key) ?? []), file]);
  }
  return [...files]
    .filter(([, found]) => found.length > 1)
    .map(([key, found]) => `${key} (${found.join(', ')})`);
}

const doubled = doubledKeys();
if (doubled.length > 0) {
  console.error(`messages that stand in two files: ${doubled.join('; ')}`);
  process.exit(1);
}
await compile(messageCompilerOptions());
process.exit(0);
