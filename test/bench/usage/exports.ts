import { readFileSync } from 'node:fs';
import { connectDatabase, type Database } from '@nephos/model/database.ts';
import type { UsageExportFormat } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { withMigratedDatabase } from '../../../scripts/launch/scratch-database.ts';
import { ProductProcess } from '../../support/child-process.ts';
import { partsOf } from '../../support/processes.ts';
import { aUsageHistory, type UsageHistory } from '../../support/usage-history.ts';
import { bareAccounts, orderRecords } from '../../support/usage-orders.ts';
import type { BenchOptions, Figures } from '../figures.ts';
import { reread } from './reread.ts';

const days = 10;
const accountCount = 100;

/** Records as files, made by the usage daemon as it runs in production: how fast, and in how much memory. */
export function measureExports({ isQuick, say }: BenchOptions): Promise<Figures> {
  const rows = isQuick ? 110_000 : 1_100_000;
  return withMigratedDatabase(async (databaseUrl) => {
    const connection = connectDatabase({ url: databaseUrl, maxConnections: 2, applicationName: 'bench' });
    const { db } = connection;
    let daemon: ProductProcess | undefined;
    try {
      const owners = await bareAccounts(db, accountCount);
      // The last day has each record a second time, with what is taken back.
      const each = rows / (days + 1) / accountCount;
      const history = await aUsageHistory(db, { accounts: owners.accounts, days, each });
      await sql`vacuum analyze`.execute(db);
      say(`${rows} records are there`);
      daemon = new ProductProcess('usage/main.ts', { DATABASE_URL: databaseUrl });
      const perSecond = async (format: UsageExportFormat) => {
        const { id, seconds } = await make(db, owners.userId, history, format);
        say(
          `${format} is made, and a foreign reader finds the same sums in its ${await reread(db, id, format)} rows`,
        );
        return rows / seconds;
      };
      const speeds = { CSV: await perSecond('CSV'), PARQUET: await perSecond('PARQUET') };
      return {
        exportRows: { value: rows, unit: 'rows' },
        exportRssMb: { value: mostMemory(), unit: 'MB', goal: '<= 300' },
        exportRowsPerSecond: { value: Math.min(...Object.values(speeds)), unit: '/s, slowest format' },
        exportCsvRowsPerSecond: { value: speeds.CSV, unit: '/s' },
        exportParquetRowsPerSecond: { value: speeds.PARQUET, unit: '/s' },
      };
    } finally {
      await daemon?.kill();
      await connection.close();
    }
  });
}

/** @returns the file, and seconds from the order to it */
async function make(
  db: Database,
  userId: Id<'User'>,
  history: UsageHistory,
  format: UsageExportFormat,
): Promise<{ id: Id<'UsageExport'>; seconds: number }> {
  const began = performance.now();
  const id = await orderRecords(db, userId, history, format);
  for (;;) {
    const { state } = await db
      .selectFrom('UsageExport')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (state === 'READY') return { id, seconds: (performance.now() - began) / 1000 };
    if (state === 'FAILED') throw new Error('the export could not be made');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Most memory that the daemon ever had, in MB. */
function mostMemory(): number {
  const [daemon] = partsOf(process.pid).usage;
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon!.pid}/status`, 'utf8'))?.[1];
  return (Number(kib) * 1024) / 1e6;
}
