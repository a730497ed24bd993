import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, 'src/lib/generated');
const settings = {
  telemetry: 'off',
  baseLocale: 'en',
  locales: ['en', 'zh-CN'],
  modules: [path.join(import.meta.dirname, '../node_modules/@inlang/plugin-message-format/dist/index.js')],
  'plugin.inlang.messageFormat': { pathPattern: '../../../messages/{locale}.json' },
};

/**
 * Options for the compiler of messages. Its project is written among generated files, because it keeps notes and a
 * cache of its own beside it, which would make every build look stale.
 */
export function messageCompilerOptions() {
  const project = path.join(folder, 'project.inlang');
  mkdirSync(project, { recursive: true });
  writeFileSync(path.join(project, 'settings.json'), JSON.stringify(settings, null, 2));
  return { project, outdir: path.join(folder, 'paraglide') };
}
