import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const browsers = ['chromium', 'chromium-browser', 'google-chrome'];

/** How Chromium is started where there is no screen, no GPU and no way out. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The system's browser: none is downloaded. */
export function findBrowser(): string {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const file of browsers.flatMap((name) => folders.map((folder) => path.join(folder, name)))) {
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not this one.
    }
  }
  throw new Error(`no browser on the PATH; install one of ${browsers.join(', ')}`);
}
