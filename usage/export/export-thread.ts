import { systemClock } from '@nephos/model/kernel/clock.ts';
import { connectDatabase } from '@nephos/model/database.ts';
import pino from 'pino';
import { workerData } from 'node:worker_threads';
import { makeExports } from './export-queue.ts';

/** What a thread is told that makes files. */
export interface ExportThreadData {
  databaseUrl: string;
  logLevel: string;
}

// A thread of its own: it makes what was asked for, and ends.
const { databaseUrl, logLevel } = workerData as ExportThreadData;
const database = connectDatabase({
  url: databaseUrl,
  maxConnections: 1,
  applicationName: 'nephos-usage-exports',
});
try {
  await makeExports({
    db: database.db,
    clock: systemClock,
    log: pino({ name: 'usage', level: logLevel }),
  });
} finally {
  await database.close();
}
