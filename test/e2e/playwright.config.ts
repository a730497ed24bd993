import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const browsers = ['chromium', 'chromium-browser', 'google-chrome'];
const deadlineMs = 60_000;

/** The system's browser: none is downloaded. */
function findBrowser(): string {
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

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../.cache/e2e',
  // Each file drives a product of its own, and they share the machine's processors.
  workers: 1,
  timeout: deadlineMs,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 15_000,
    locale: 'en-US',
    viewport: { width: 1366, height: 850 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findBrowser(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
