import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The language that decides which messages there are; the others must have the same. */
export const baseLocale = 'en';
export const messageFolder = path.join(import.meta.dirname, 'messages');
const generated = path.join(import.meta.dirname, 'src/lib/generated');

/**
 * Options for the compiler of messages. Its project is written among generated files, because it keeps notes and a
 * cache of its own beside it, which would make every build look stale.
 */
export function messageCompilerOptions() {
  const project = path.join(generated, 'project.inlang');
  const files = readdirSync(path.join(messageFolder, baseLocale));
  mkdirSync(project, { recursive: true });
  writeFileSync(
    path.join(project, 'settings.json'),
    JSON.stringify({
      baseLocale,
      locales: readdirSync(messageFolder),
      modules: [
        path.join(import.meta.dirname, '../node_modules/@inlang/plugin-message-format/dist/index.js'),
      ],
      'plugin.inlang.messageFormat': {
        pathPattern: files.map((file) => path.join(messageFolder, '{locale}', file)),
      },
    }),
  );
  return {
    project,
    outdir: path.join(generated, 'paraglide'),
    strategy: ['globalVariable' as const, 'baseLocale' as const],
  };
}
