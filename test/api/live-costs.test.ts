import { readUsageSettings } from '@nephos/usage/period/settings-store.ts';
import { systemClock } from '@nephos/model/kernel/clock.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { LiveLoop, refreshLiveCosts } from '@nephos/usage/live/live-loop.ts';
import { Parking } from '@nephos/usage/parking.ts';
import { closePeriods, cutAt } from '@nephos/usage/period/close-periods.ts';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertUsageLives, summedUp } from '../support/usage-lives.ts';

let database: TestDatabase;
const log = pino({ level: 'silent' });
const from = new Date('2026-10-29T00:00:00Z');
/** In the middle of an hour, in the second of two billing months, before any period of it is closed. */
const now = new Date('2026-11-01T13:37:11.250Z');

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await insertUsageLives(db, { from, days: 6, machines: 30 });
  await aTariff(1, 'CPU_HOUR', [{ upTo: '40', price: '0.3' }, { price: '0.111111111111' }]);
  await aTariff(6, 'GIB_MONTH', [{ price: '0.07' }]);
  await aTariff(4, 'GIB', [{ upTo: '1', price: '0' }, { price: '0.5' }]);
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

async function aTariff(usageType: number, unit: 'CPU_HOUR' | 'GIB_MONTH' | 'GIB', tiers: object[]) {
  const id = newId('Tariff');
  const { db } = database;
  await db
    .insertInto('Tariff')
    .values({ id, name: `of type ${usageType}`, usageType, currency: 'CNY' })
    .execute();
  const prices = (validFrom: Date, given: object[]) => ({
    ...{ id: newId('TariffVersion'), tariffId: id, validFrom, unit, tiers: JSON.stringify(given) },
  });
  await db
    .insertInto('TariffVersion')
    .values(prices(new Date(0), tiers))
    .execute();
  // Within what is not closed a price changes.
  await db
    .insertInto('TariffVersion')
    .values(prices(new Date('2026-11-01T05:00:00Z'), [{ price: '0.9' }]))
    .execute();
}

async function close(until: Date): Promise<void> {
  const { db } = database;
  const deps = { db, clock: systemClock, log, parking: new Parking('', log) };
  const settings = await readUsageSettings(db);
  await closePeriods(deps, settings, cutAt(until, settings));
}

async function refresh(at: Date): Promise<void> {
  const { db } = database;
  await refreshLiveCosts({ db, log }, await readUsageSettings(db), at);
}

/** What is known, by everything but the moment. */
async function costs(): Promise<Record<string, string>[]> {
  const { rows } = await sql<Record<string, string>>`
    select "accountId", "month", "usageType"::text, "unitSize"::text, ("rated" + "live")::text as "amount", "perHour"::text
    from "LiveCost" order by 1, 2, 3, 4`.execute(database.db);
  return rows;
}

const ratedLines = async () => {
  const { rows } = await sql<Record<string, string>>`
    select "accountId", "month", "usageType"::text, "unitSize"::text, sum("amount")::text as "amount"
    from "RatedLine" group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(database.db);
  return rows;
};

const shownAmounts = (rows: Record<string, string>[]) =>
  rows
    .map(({ perHour: _, ...row }) => ({ ...row, amount: Number(row.amount).toString() }))
    .filter(({ amount }) => amount !== '0');

test('live costs are what bills will say, to the last digit, and leave nothing behind', async () => {
  await close(new Date('2026-10-30T00:00:00Z'));
  const before = await summedUp(database.db);

  await refresh(now);
  const live = await costs();
  expect(await summedUp(database.db)).toEqual(before);
  expect(new Set(live.map(({ month }) => month))).toEqual(new Set(['2026-10', '2026-11']));

  await close(now);
  const billed = await ratedLines();
  expect(live.map(({ perHour: _, ...row }) => row).filter(({ amount }) => amount !== '0')).toEqual(
    billed.filter(({ amount }) => amount !== '0'),
  );

  // What was live is rated now, and counts once.
  await refresh(now);
  expect(shownAmounts(await costs())).toEqual(shownAmounts(live));
});

test('an hour more costs what was said', async () => {
  const inAnHour = new Date(now.getTime() + 3_600_000);
  // Nothing happens meanwhile.
  await sql`delete from "UsageEvent" where "at" >= ${now}`.execute(database.db);
  await refresh(now);
  const live = await costs();
  await refresh(inAnHour);
  const later = new Map((await costs()).map((row) => [Object.values(row).slice(0, 4).join(' '), row]));
  for (const row of live) {
    const after = later.get(Object.values(row).slice(0, 4).join(' '));
    expect(BigInt(after?.amount ?? '0')).toBe(BigInt(row.amount ?? '0') + BigInt(row.perHour ?? '0'));
  }
  expect(live.some(({ perHour }) => perHour !== '0')).toBe(true);
});

test('balances are told of when what goes on costs something else', async () => {
  const versions = () =>
    database.db.selectFrom('Balance').select(['accountId', 'version']).orderBy('accountId').execute();
  const before = await versions();
  expect(before).toHaveLength(7);
  await refresh(new Date(now.getTime() + 3_700_000));
  expect(await versions()).toEqual(before);
});

test('nobody keeps the daemon from all else by asking again and again', async () => {
  const { db } = database;
  const loop = new LiveLoop();
  const look = async () => loop.look({ db, clock: systemClock, log }, await readUsageSettings(db));
  const asOf = async () => (await db.selectFrom('LiveCostRun').select('asOf').executeTakeFirstOrThrow()).asOf;
  await db.updateTable('LiveCostRun').set({ asOf: now }).execute();
  await look();
  const first = await asOf();
  expect(first).not.toEqual(now);
  await db
    .updateTable('LiveCostRun')
    .set({ requestedAt: new Date('2100-01-01T00:00:00Z') })
    .execute();
  await look();
  expect(await asOf()).toEqual(first);
});
