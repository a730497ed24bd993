import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { productSettings } from './postgres-settings.ts';
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from './postgres.ts';

/** The control database, and how to let go of it. */
export interface RunningDatabase {
  url: string;
  stop(): Promise<void>;
}

const restartMs = 1000;

/** One's own PostgreSQL when its address is given, otherwise the embedded one, kept running. */
export async function startDatabase(
  givenUrl: string,
  data: DataFolder,
  say: (line: string) => void,
): Promise<RunningDatabase> {
  if (givenUrl !== '') return { url: givenUrl, stop: () => Promise.resolve() };
  const launch = () =>
    startEmbeddedPostgres({
      dataFolder: data.postgres,
      runFolder: path.join(data.run, 'pg'),
      settings: productSettings(),
    });
  let server: EmbeddedPostgres = await launch();
  await ensureDatabase(server, 'nephos');
  let isStopping = false;
  const keepRunning = async () => {
    for (;;) {
      await server.ended;
      if (isStopping) return;
      say('PostgreSQL ended; starting it again');
      await sleep(restartMs);
      server = await launch();
    }
  };
  void keepRunning();
  return {
    url: server.urlOf('nephos'),
    stop: async () => {
      isStopping = true;
      await server.stop();
    },
  };
}
