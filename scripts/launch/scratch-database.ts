import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import { productSettings } from './postgres-settings.ts';
import { ensureDatabase, startEmbeddedPostgres } from './postgres.ts';

/**
 * Gives the address of an embedded database that every migration was applied to, and takes it away afterwards.
 *
 * @param settings PostgreSQL's, beside those that it has in production; unless told otherwise it does not wait for the disk, since
 * nobody keeps the data
 */
export async function withMigratedDatabase<Result>(
  action: (url: string) => Promise<Result>,
  settings: Record<string, string> = { fsync: 'off' },
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-scratch-'));
  const server = await startEmbeddedPostgres({
    dataFolder: path.join(folder, 'data'),
    runFolder: path.join(folder, 'run'),
    settings: { ...productSettings(), ...settings },
  });
  try {
    await ensureDatabase(server, 'scratch');
    const url = server.urlOf('scratch');
    await applyMigrations(url);
    return await action(url);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
