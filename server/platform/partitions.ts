import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { lacksPartition } from './database-errors.ts';

/** Partitions are made this long before they are needed, so that days of downtime do no harm. */
const aheadMs = 14 * 86_400_000;
const behindMs = 2 * 86_400_000;

const partitioned = [
  { table: 'Change', period: 'day' },
  { table: 'AuditEvent', period: 'month' },
  { table: 'UsageEvent', period: 'month' },
] as const;

/** Samples are packed soon after their hour: its partition must not be made again after that. */
const hoursAheadMs = 86_400_000;
const hoursBehindMs = 60_000;

/** Makes the partitions that rows of about this moment and the next two weeks go into. */
export async function ensurePartitions(db: Database, at: Date): Promise<void> {
  const since = new Date(at.getTime() - behindMs);
  const until = new Date(at.getTime() + aheadMs);
  await db.transaction().execute(async (tx) => {
    // Servers that start together would otherwise make the same ones.
    await sql`select pg_advisory_xact_lock(hashtext('nephos partitions'))`.execute(tx);
    for (const { table, period } of partitioned) {
      await sql`select nephos_ensure_partitions(${table}, ${period}, ${since}, ${until})`.execute(tx);
    }
    const hour = new Date(at.getTime() - hoursBehindMs);
    const hoursUntil = new Date(at.getTime() + hoursAheadMs);
    await sql`select nephos_ensure_partitions('FreshSample', 'hour', ${hour}, ${hoursUntil})`.execute(tx);
  });
}

/**
 * Does work whose rows are of about these moments. The machine may have slept, or its clock been set: where what is
 * made ahead of time was passed by, it is made now, and the work begun again.
 */
export async function withPartitions<Result>(
  db: Database,
  moments: () => readonly Date[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!lacksPartition(error)) throw error;
    for (const at of moments()) await ensurePartitions(db, at);
    return work();
  }
}
