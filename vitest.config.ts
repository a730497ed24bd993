import { defineConfig } from 'vitest/config';

/** One project per suite of `npm test`; a test's place and ending say which suite it belongs to. */
const onHypervisor = ['**/*.libvirt.test.ts', 'test/hypervisor/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{prisma,agents,server,usage,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...onHypervisor],
        },
      },
      {
        test: {
          name: 'api',
          include: ['test/api/**/*.test.ts'],
          globalSetup: 'test/support/global-postgres.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'hypervisor',
          include: onHypervisor,
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
