import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** One project per suite of `npm test`; a test's place and ending say which suite it belongs to. */
const withDirectory = ['test/**/*.ldap.test.ts'];
const onHypervisor = ['**/*.libvirt.test.ts', 'test/hypervisor/**/*.test.ts'];

/** Daemons and guests whose processor is emulated take their time. */
const whatGuestsDo = { poll: { timeout: 30_000 } };

/** The program loads one GraphQL, by Node's rules; Vite alone would add the package's second, ES module build. */
const alias = { graphql: fileURLToPath(import.meta.resolve('graphql/index.js')) };

export default defineConfig({
  test: {
    // Tests wait for processes and for PostgreSQL more than they work; the default leaves one of two cores idle.
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{prisma,agents,server,usage,scripts}/**/*.test.ts', 'test/deployment/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...onHypervisor],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'api',
          include: ['test/{api,coverage,security}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...withDirectory],
          globalSetup: 'test/support/global-postgres.ts',
          // Each file has a server and a database of its own; loading the program anew for each took a fifth of the time.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'directory',
          include: withDirectory,
          globalSetup: 'test/support/global-postgres.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...onHypervisor],
          globalSetup: 'test/support/global-postgres.ts',
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'faults-on-hypervisor',
          include: ['test/faults/**/*.libvirt.test.ts'],
          globalSetup: 'test/support/global-postgres.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          expect: whatGuestsDo,
          // One of them leaves everything dead for a minute.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'hypervisor',
          include: onHypervisor,
          exclude: ['**/node_modules/**', 'test/faults/**'],
          globalSetup: 'test/support/global-postgres.ts',
          fileParallelism: false,
          expect: whatGuestsDo,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
