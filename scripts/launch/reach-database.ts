import path from 'node:path';
import pg from 'pg';
import { lockDataFolder, type DataFolder } from './data-folder.ts';
import type { RunningDatabase } from './database.ts';
import { embeddedUrl, startEmbeddedPostgres } from './postgres.ts';

/**
 * The embedded database of an installation for somebody who only looks: the one that runs, or else one that is
 * started for as long as it takes.
 * @throws DataFolderInUse when Nephos runs there and its database does not answer now
 */
export async function reachDatabase(data: DataFolder): Promise<RunningDatabase> {
  const runFolder = path.join(data.run, 'pg');
  const url = embeddedUrl(runFolder, 'nephos');
  if (await answers(url)) return { url, stop: () => Promise.resolve() };
  const unlock = lockDataFolder(data);
  try {
    const server = await startEmbeddedPostgres({ dataFolder: data.postgres, runFolder });
    return {
      url,
      stop: async () => {
        await server.stop();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
