import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { sql } from 'kysely';
import { withMigratedDatabase } from '../../../scripts/launch/scratch-database.ts';
import { quantile, type BenchOptions, type Figures } from '../figures.ts';
import { addBenchFunctions, dayAfter, dayBefore, fillUsageWorld, type UsageWorld } from './usage-world.ts';

const day = new Date('2026-10-15T00:00:00Z');
const timeZone = 'UTC';

/** Prices for all that there is: by the hour, by processors, and in tiers with an included amount. */
const prices = [
  { usageType: 1, unit: 'CPU_HOUR', tiers: [{ price: '0.05' }], includedUnits: 0n },
  { usageType: 2, unit: 'HOUR', tiers: [{ price: '0.001' }], includedUnits: 0n },
  {
    usageType: 6,
    unit: 'GIB_MONTH',
    tiers: [{ upTo: '1000', price: '0.04' }, { price: '0.03' }],
    includedUnits: 100n,
  },
] as const;

interface Closing {
  /** Of summing up and rating together. */
  milliseconds: number;
  records: number;
  lines: number;
  findings: number;
}

/** A day of a cloud is summed up and rated, as the daemon does it; and of one that is a tenth of it. */
export async function measureClosing({ isQuick, say }: BenchOptions): Promise<Figures> {
  const machines = isQuick ? 5000 : 25_000;
  const events = machines * 40;
  const rounds = isQuick ? 1 : 3;
  const small = await closeDay({ machines: machines / 10, events: events / 10, day }, rounds);
  say(`a day with ${events / 10} events takes ${Math.round(small.milliseconds)} ms`);
  const large = await closeDay({ machines, events, day }, rounds);
  say(`a day with ${events} events takes ${Math.round(large.milliseconds)} ms`);
  return {
    eventsPerSecond: {
      value: (events / large.milliseconds) * 1000,
      unit: '/s, summed up and rated',
      goal: '>= 150000',
    },
    growth100kTo1M: { value: large.milliseconds / small.milliseconds, unit: 'times the time', goal: '<= 12' },
    closingMs: { value: large.milliseconds, unit: 'ms' },
    smallClosingMs: { value: small.milliseconds, unit: 'ms' },
    events: { value: events, unit: 'events' },
    machines: { value: machines, unit: 'machines, two disks each' },
    records: { value: large.records, unit: 'records' },
    ratedLines: { value: large.lines, unit: 'lines' },
    findings: { value: large.findings, unit: 'rules broken' },
    rounds: { value: rounds, unit: 'rounds' },
  };
}

/** The middle one of several times. */
function closeDay(world: UsageWorld, rounds: number): Promise<Closing> {
  return withMigratedDatabase(async (url) => {
    const { db, close } = connectDatabase({ url, maxConnections: 1, applicationName: 'bench' });
    try {
      await addBenchFunctions(db);
      await addPrices(db);
      await fillUsageWorld(db, world);
      const bounds = { startsAt: day, endsAt: dayAfter(day), timeZone };
      // What there was before; nobody waits for it here.
      await db
        .transaction()
        .execute((tx) => closePeriod(tx, { startsAt: dayBefore(day), endsAt: day, timeZone }));
      await sql`vacuum analyze`.execute(db);
      const milliseconds: number[] = [];
      let closed: Omit<Closing, 'milliseconds'> = { records: 0, lines: 0, findings: 0 };
      for (let round = 0; round < rounds; round++) {
        // What the round before took back would lie in the way of this one, as nothing does in production.
        await sql`vacuum "UsageRecord", "RatedLine", "OpenUse", "TariffTotal"`.execute(db);
        const began = performance.now();
        const rollback = new Error('done');
        await db
          .transaction()
          .execute(async (tx) => {
            const { recordCount, findings } = await closePeriod(tx, bounds);
            milliseconds.push(performance.now() - began);
            const { lines } = await tx
              .selectFrom('RatedLine')
              .select(({ fn }) => fn.countAll<bigint>().as('lines'))
              .where('periodStartsAt', '=', day)
              .executeTakeFirstOrThrow();
            closed = { records: recordCount, lines: Number(lines), findings: findings.length };
            throw rollback;
          })
          .catch((error: unknown) => {
            if (error !== rollback) throw error;
          });
      }
      return { ...closed, milliseconds: quantile(milliseconds, 0.5) };
    } finally {
      await close();
    }
  });
}

async function addPrices(db: Database): Promise<void> {
  for (const { usageType, unit, tiers, includedUnits } of prices) {
    const tariffId = newId('Tariff');
    await db
      .insertInto('Tariff')
      .values({ id: tariffId, name: `price of ${usageType}`, usageType, currency: 'CNY' })
      .execute();
    await db
      .insertInto('TariffVersion')
      .values({
        ...{ id: newId('TariffVersion'), tariffId, validFrom: dayBefore(day), unit, includedUnits },
        tiers: JSON.stringify(tiers),
      })
      .execute();
  }
}
