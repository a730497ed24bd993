import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { packDays, packHours } from '@nephos/server/statistics/packing.ts';
import { readSamples } from '@nephos/server/statistics/sample-store.ts';
import { seriesOf } from '@nephos/server/statistics/series.ts';
import { sql } from 'kysely';
import { withMigratedDatabase } from '../../scripts/launch/scratch-database.ts';
import { quantile, type BenchOptions, type Figures } from './figures.ts';

const hourMs = 3_600_000;
const start = Date.parse('2026-01-10T00:00:00Z');
const cloud = 25_000;

/** What samples take on the disk: a day of machines that do something else every minute, which is the most there can be. */
export function measureStorage({ isQuick, say }: BenchOptions): Promise<Figures> {
  const machines = isQuick ? 50 : 500;
  return withMigratedDatabase(async (url) => {
    const connection = connectDatabase({ url, maxConnections: 2, applicationName: 'bench' });
    const { db } = connection;
    try {
      const fresh: number[] = [];
      const packing: number[] = [];
      for (let hour = 0; hour < 24; hour++) {
        await insertHour(db, machines, start + hour * hourMs);
        fresh.push((await sizeOf(db, 'FreshSample')) / machines / 60);
        packing.push(await timed(() => packHours(db, new Date(start + (hour + 1) * hourMs))));
      }
      say(`a day of ${machines} machines is packed`);
      const packingDay = await timed(() => packDays(db, new Date(start + 24 * hourMs)));
      const minute = (await sizeOf(db, 'SampleHour')) / machines / 1440;
      const quarter = (await sizeOf(db, 'SampleDay')) / machines / 96;
      const reading: number[] = [];
      for (let machine = 1; machine <= 20; machine++) {
        const plan = {
          from: new Date(start),
          to: new Date(start + 24 * hourMs),
          source: 'MINUTE' as const,
          stepMs: 60_000,
        };
        reading.push(
          await timed(async () =>
            seriesOf('VirtualMachine', plan, await readSamples(db, idOf(machine), plan)),
          ),
        );
      }
      const steady = fresh.at(-1)! * 60 + minute * 2 * 1440 + quarter * 30 * 96;
      return {
        rowsPerMachineAndDay: { value: 24 + 1, unit: 'rows' },
        freshBytesPerSample: { value: quantile(fresh, 0.5), unit: 'bytes' },
        minuteBytesPerSample: { value: minute, unit: 'bytes' },
        quarterBytesPerSample: { value: quarter, unit: 'bytes' },
        gibFor25000Machines: { value: (steady * cloud) / 1024 ** 3, unit: 'GiB' },
        packHourSecondsFor25000: { value: (quantile(packing, 0.5) / machines / 1000) * cloud, unit: 's' },
        packDaySecondsFor25000: { value: (packingDay / machines / 1000) * cloud, unit: 's' },
        seriesOfDayMs: { value: quantile(reading, 0.5), unit: 'ms' },
      };
    } finally {
      await connection.close();
    }
  });
}

const idOf = (machine: number) => `vm_${String(machine).padStart(26, '0')}`;

async function insertHour(db: Database, machines: number, at: number): Promise<void> {
  const since = new Date(at);
  await sql`select nephos_ensure_partitions('FreshSample', 'hour', ${since}, ${new Date(at + hourMs)})`.execute(
    db,
  );
  await sql`
    insert into "FreshSample" ("resourceId", "at", "values")
    select 'vm_' || lpad(machine::text, 26, '0'), ${since}::timestamptz + minute * interval '1 minute' + machine % 60 * interval '1 second',
      array[random() * 100, 4294967296, random() * 4e9, 4e9 + random() * 1e6, random() * 1e7, random() * 1e7,
        random() * 1e3, random() * 1e3, random() * 1e6, random() * 1e6]::real[]
    from generate_series(0, 59) minute, generate_series(1, ${machines}::int) machine`.execute(db);
}

async function sizeOf(db: Database, table: string): Promise<number> {
  const { rows } = await sql<{ bytes: bigint }>`
    select sum(pg_total_relation_size(inhrelid))::bigint as bytes from pg_inherits
    where inhparent = to_regclass(${`"${table}"`}) and pg_relation_size(inhrelid) > 0`.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}
