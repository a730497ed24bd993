import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Where the console's own code stands. */
export const sourceFolder = path.join(import.meta.dirname, '../../src');

/** Files below a folder that are written by hand, with this ending. */
export function sourcesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : sourcesBelow(file, ending);
    return entry.name.endsWith(ending) ? [file] : [];
  });
}
