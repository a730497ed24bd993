import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { UsageSource } from '@nephos/server/billing/event-id.ts';
import { appendUsage, type UsageFacts } from '@nephos/server/billing/usage-events.ts';
import { Sequencer } from '@nephos/server/platform/change-feed/sequencer.ts';
import { ensurePartitions } from '@nephos/server/platform/partitions.ts';
import { createLogger } from '@nephos/server/platform/log.ts';
import { Metrics } from '@nephos/server/platform/metrics.ts';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { withMigratedDatabase } from '../../../scripts/launch/scratch-database.ts';
import type { BenchOptions, Figures } from '../figures.ts';

const connections = 8;
/** PostgreSQL waits for the disk, as in production: then its latency decides, and how many wait together. */
const durable = {};
const notDurable = { fsync: 'off' };
/** Of a hundred events so many are told of twice. */
const repeatedPercent = 2;

/** Appends one event, in one transaction. */
type Append = (db: Database, event: UsageFacts, source: UsageSource) => Promise<void>;

/** The one statement is the transaction. */
const alone: Append = (db, event, source) => appendUsage(db, [event], source);
/** Begun and committed by statements of their own, as where features change something along with it. */
const within: Append = (db, event, source) =>
  db.transaction().execute((tx) => appendUsage(tx, [event], source));

/** How fast usage events are taken in: one transaction each, by what features call, while the sequencer numbers them. */
export async function measureIntake({ isQuick, say }: BenchOptions): Promise<Figures> {
  const events = isQuick ? 10_000 : 50_000;
  const { perSecond, lagMs } = await measure(alone, events, notDurable);
  say(`${events} events: ${Math.round(perSecond)} a second; numbered ${Math.round(lagMs)} ms later`);
  const begun = await measure(within, events / 2, notDurable);
  say(`in transactions that are begun and committed: ${Math.round(begun.perSecond)} a second`);
  const onDisk = await measure(alone, events / 2, durable);
  say(`with a wait for the disk: ${Math.round(onDisk.perSecond)} a second`);
  return {
    intakePerSecond: { value: perSecond, unit: 'events/s', goal: '>= 5000' },
    intakeNumberedAfterMs: { value: lagMs, unit: 'ms' },
    intakeBegunPerSecond: { value: begun.perSecond, unit: 'events/s, begun and committed by statements' },
    intakeOnDiskPerSecond: { value: onDisk.perSecond, unit: 'events/s, waiting for the disk' },
  };
}

interface Intake {
  perSecond: number;
  /** Until the last was numbered. */
  lagMs: number;
}

function measure(append: Append, events: number, settings: Record<string, string>): Promise<Intake> {
  return withMigratedDatabase(async (databaseUrl) => {
    const { db, close } = connectDatabase({
      url: databaseUrl,
      maxConnections: connections,
      applicationName: 'bench',
    });
    const sequencer = new Sequencer({
      databaseUrl,
      serverId: 'bench',
      log: createLogger('bench', 'silent'),
      metrics: new Metrics(),
      onNumbered: () => undefined,
      onTurn: () => undefined,
    });
    try {
      await sql`select nephos_ensure_partitions('UsageEvent', 'month', now() - interval '2 years', now() + interval '1 day')`.execute(
        db,
      );
      await ensurePartitions(db, new Date());
      const accountId = await anAccount(db);
      sequencer.start();
      await appendAll(append, db, accountId, events / 10);
      const started = performance.now();
      await appendAll(append, db, accountId, events);
      const appended = performance.now();
      while (await isPending(db)) await sleep(5);
      return { perSecond: (events / (appended - started)) * 1000, lagMs: performance.now() - appended };
    } finally {
      await sequencer.stop();
      await close();
    }
  }, settings);
}

async function appendAll(
  append: Append,
  db: Database,
  accountId: Id<'Account'>,
  events: number,
): Promise<void> {
  const zoneId = newId('Zone');
  let left = events;
  const work = async () => {
    let repeated: UsageSource | undefined;
    while (left-- > 0) {
      const before = left % 100 < repeatedPercent ? repeated : undefined;
      const source = before ?? { id: newId('Job'), part: 'start' };
      repeated = source;
      await append(db, machineStarted(accountId, zoneId), source);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
}

const machineStarted = (accountId: Id<'Account'>, zoneId: Id<'Zone'>): UsageFacts => ({
  kind: 'VM_START',
  at: new Date(),
  accountId,
  zoneId,
  resourceId: newId('VirtualMachine'),
  resourceName: 'web-1',
  attributes: {
    offeringId: newId('ServiceOffering'),
    templateId: newId('Template'),
    ...{ cpuCount: 2, cpuMhz: 2000, memoryBytes: '4294967296' },
  },
});

async function anAccount(db: Database): Promise<Id<'Account'>> {
  const [id, domainId] = [newId('Account'), newId('Domain')];
  await db
    .insertInto('Domain')
    .values({ id: domainId, name: 'ROOT', path: '/', lineage: [domainId] })
    .execute();
  await db.insertInto('Account').values({ id, domainId, name: 'bench' }).execute();
  return id;
}

async function isPending(db: Database): Promise<boolean> {
  return (await db.selectFrom('UsageEventPending').select('id').limit(1).executeTakeFirst()) !== undefined;
}
