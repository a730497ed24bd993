import { newId } from '@nephos/model/kernel/ids.ts';
import { SampleKeeper } from '@nephos/server/statistics/sample-keeper.ts';
import { readSamples } from '@nephos/server/statistics/sample-store.ts';
import { seriesOf } from '@nephos/server/statistics/series.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Midnight, so late that the server's own keeper finds nothing to do. */
const start = Date.parse('2100-01-10T00:00:00Z');

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server[Symbol.asyncDispose]());

/** A keeper to whom it is so late. */
const keeperAt = (ms: number) =>
  new SampleKeeper({ ...server.application.platform, clock: { now: () => new Date(ms) } });

const pools = [newId('StoragePool'), newId('StoragePool')] as const;

/** Samples of both pools: `used` counts the minutes from the beginning on, of the second from 10,000 on. */
async function measure(from: number, to: number, everyMs = minute): Promise<void> {
  await sql`select nephos_ensure_partitions('FreshSample', 'hour', ${new Date(from)}, ${new Date(to)})`.execute(
    server.db,
  );
  await sql`
    insert into "FreshSample" ("resourceId", "at", "values")
    select p.id, at, array[extract(epoch from at - ${new Date(start)}::timestamptz) / 60 + p.more, 7]::real[]
    from generate_series(${new Date(from)}::timestamptz, ${new Date(to - 1)}::timestamptz, ${everyMs} * interval '1 millisecond') at,
      (values (${pools[0]}, 0), (${pools[1]}, 10000)) p(id, more)`.execute(server.db);
}

async function partitionsOf(table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass(${`"${table}"`}) and c.relname like ${`${table}_2100%`} order by 1`.execute(
    server.db,
  );
  return rows.map(({ name }) => name.slice(table.length + 1));
}

const hoursOf = (id: string) =>
  server.db.selectFrom('SampleHour').selectAll().where('resourceId', '=', id).orderBy('hour').execute();

async function usedOf(id: string, source: 'MINUTE' | 'QUARTER_HOUR', from: number, to: number) {
  const stepMs = source === 'MINUTE' ? minute : 15 * minute;
  const plan = { from: new Date(from), to: new Date(to), source, stepMs };
  return seriesOf('StoragePool', plan, await readSamples(server.db, id, plan)).map(({ at, used }) => [
    (at.getTime() - start) / minute,
    used,
  ]);
}

test('an hour that is over becomes a row, a minute in its place', async () => {
  await measure(start, start + hour);
  await measure(start + hour, start + hour + 5 * minute);
  await keeperAt(start + hour + minute).look();
  expect(await hoursOf(pools[0]), 'reports may still be on their way').toEqual([]);
  await keeperAt(start + hour + 2 * minute).look();
  const [row, ...others] = await hoursOf(pools[0]);
  expect(others).toEqual([]);
  expect(row?.hour).toEqual(new Date(start));
  expect(row?.minutes).toEqual(Array.from({ length: 60 }, (_, index) => [index, 7]));
  expect((await hoursOf(pools[1]))[0]?.minutes[59]).toEqual([10_059, 7]);
  expect(await partitionsOf('FreshSample')).toEqual(['2100011001']);
  // What was packed and what was not are one series.
  expect(await usedOf(pools[0], 'MINUTE', start + 58 * minute, start + 62 * minute)).toEqual([
    [58, 58],
    [59, 59],
    [60, 60],
    [61, 61],
  ]);
});

test('several samples of a minute are averaged, and a minute without any is empty', async () => {
  await measure(start + 10 * minute, start + 12 * minute, 20_000);
  await keeperAt(start + 2 * hour).look();
  const values = (await hoursOf(pools[0]))[0]!.minutes;
  expect(values.map(([used]) => used === null)).toEqual(
    Array.from({ length: 60 }, (_, index) => index !== 10 && index !== 11),
  );
  expect(values[10]![0]).toBeCloseTo(10 + 1 / 3, 4);
  expect(values[11]).toEqual([expect.closeTo(11 + 1 / 3, 4), 7]);
});

test('a server that dies while it packs leaves an hour packed or not, and the next goes on', async () => {
  await measure(start, start + 3 * hour);
  // The second hour cannot be written.
  await sql`create function fail() returns trigger language plpgsql as $$ begin
    if new."hour" = '2100-01-10T01:00:00Z' and new."resourceId" = TG_ARGV[0] then raise 'the power went'; end if;
    return new; end $$`.execute(server.db);
  await sql`select nephos_ensure_partitions('SampleHour', 'day', ${new Date(start)}, ${new Date(start + hour)})`.execute(
    server.db,
  );
  await sql`create trigger fail before insert on "SampleHour" for each row execute function fail(${sql.lit(pools[1])})`.execute(
    server.db,
  );
  const late = keeperAt(start + 4 * hour);
  await expect(late.look()).rejects.toThrow('the power went');
  expect(await partitionsOf('FreshSample')).toEqual(['2100011001', '2100011002']);
  expect((await hoursOf(pools[0])).length).toBe(1);
  const before = await usedOf(pools[0], 'MINUTE', start, start + 3 * hour);
  expect(before.length).toBe(180);
  await sql`drop trigger fail on "SampleHour"`.execute(server.db);
  await late.look();
  await late.look();
  expect(await partitionsOf('FreshSample')).toEqual([]);
  expect(await usedOf(pools[0], 'MINUTE', start, start + 3 * hour)).toEqual(before);
});

test('a backup that reads everything holds up the packing, and the packing nobody', async () => {
  await measure(start, start + hour);
  const late = keeperAt(start + 3 * hour);
  const backup = Promise.withResolvers<undefined>();
  const isReading = Promise.withResolvers<undefined>();
  const reading = server.db.transaction().execute(async (tx) => {
    await sql`lock table "FreshSample" in access share mode`.execute(tx);
    isReading.resolve(undefined);
    await backup.promise;
  });
  await isReading.promise;
  const looking = late.look();
  await measure(start + hour, start + hour + minute);
  await looking;
  expect(await partitionsOf('FreshSample')).toEqual(['2100011000', '2100011001']);
  backup.resolve(undefined);
  await reading;
  await late.look();
  expect(await partitionsOf('FreshSample')).toEqual([]);
  expect((await usedOf(pools[0], 'MINUTE', start, start + 2 * hour)).length).toBe(61);
});

test('after an outage everything is caught up with, by one of those that try', async () => {
  // Two days, a day without anything, and some hours.
  await measure(start, start + 2 * day);
  await measure(start + 3 * day, start + 3 * day + 90 * minute);
  const from = start + day + 7 * hour;
  const quarters = await usedOf(pools[1], 'QUARTER_HOUR', from, from + 2 * hour);
  const now = start + 3 * day + 90 * minute;
  await Promise.all([keeperAt(now).look(), keeperAt(now).look(), keeperAt(now).look()]);
  expect(await partitionsOf('FreshSample')).toEqual(['2100011301']);
  // Minutes are kept for a day; of the days before there are the quarters.
  expect(await partitionsOf('SampleHour')).toEqual(['21000113']);
  expect(await partitionsOf('SampleDay')).toEqual(['21000110', '21000111']);
  const days = await server.db
    .selectFrom('SampleDay')
    .selectAll()
    .orderBy('day')
    .orderBy('resourceId')
    .execute();
  expect(days.length).toBe(4);
  expect(days[0]?.quarters.length).toBe(96);
  expect(days[0]?.quarters[1]).toEqual([expect.closeTo(22), 7]);
  // The average that the database made is that which was made on the way.
  expect(quarters).toEqual([0, 15, 30, 45, 60, 75, 90, 105].map((past) => [1860 + past, 11_867 + past]));
  expect(await usedOf(pools[1], 'QUARTER_HOUR', from, from + 2 * hour)).toEqual(quarters);
  // Days, an hour and single samples, each once.
  const all = await usedOf(pools[0], 'QUARTER_HOUR', start, now);
  expect(all.length).toBe(2 * 96 + 6);
  expect(all.at(-1)).toEqual([3 * 1440 + 75, 3 * 1440 + 82]);
});

test('a server that dies over a day leaves the rest of it to the next', async () => {
  await measure(start, start + day);
  const keeper = keeperAt(start + day + 10 * minute);
  await keeper.look();
  await server.db.deleteFrom('SampleDay').where('resourceId', '=', pools[1]).execute();
  await sql`update "SampleDay" set "quarters" = array[array[1, 2]]::real[]`.execute(server.db);
  // One that was just started looks whether something is left.
  await keeperAt(start + day + 10 * minute).look();
  const rows = await server.db.selectFrom('SampleDay').selectAll().execute();
  expect(rows.find(({ resourceId }) => resourceId === pools[0])?.quarters, 'what is there stays').toEqual([
    [1, 2],
  ]);
  expect(rows.find(({ resourceId }) => resourceId === pools[1])?.quarters.length).toBe(96);
});

test('samples are kept for as long as the settings say', async () => {
  await measure(start, start + 2 * hour);
  await keeperAt(start + 3 * hour).look();
  await keeperAt(start + day + 23 * hour).look();
  expect(await partitionsOf('SampleHour')).toEqual(['21000110']);
  await keeperAt(start + 2 * day).look();
  expect(await partitionsOf('SampleHour')).toEqual([]);
  await keeperAt(start + 31 * day - 1).look();
  expect(await partitionsOf('SampleDay')).toEqual(['21000110']);
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key: 'vm.stats.retention.quarter.days', value: '20' } },
  );
  // A changed setting makes the server's own keeper look, too.
  const late = keeperAt(start + 22 * day);
  const look = async () => {
    await late.look();
    return partitionsOf('SampleDay');
  };
  await eventually(look, (names) => names.length === 0);
});
