// Vitest's global setup: one PostgreSQL for all test files, with a template database that each file clones.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import type { TestProject } from 'vitest/node';
import { ensureDatabase, startEmbeddedPostgres } from '../../scripts/launch/postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the maintenance database of the test server. */
    postgresUrl: string;
  }
}

export const templateDatabase = 'nephos_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-test-pg-'));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataFolder: path.join(folder, 'data'),
    runFolder: path.join(folder, 'run'),
    // Nobody needs the data after a power cut; everything else is as in production.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      shared_buffers: '64MB',
    },
  });
  await ensureDatabase(server, templateDatabase);
  await applyMigrations(server.urlOf(templateDatabase));
  project.provide('postgresUrl', server.urlOf('postgres'));
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
