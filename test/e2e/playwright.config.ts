import { defineConfig } from '@playwright/test';
import { browserArguments, findBrowser } from '../support/browser.ts';

const deadlineMs = 180_000;

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
    timezoneId: 'UTC',
    viewport: { width: 1366, height: 850 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findBrowser(),
      args: browserArguments,
    },
  },
});
