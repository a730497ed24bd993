import { newId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyTestDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { insertUsageLives, summedUp } from '../support/usage-lives.ts';
import { UsageProcess } from '../support/usage-process.ts';

const dayMs = 86_400_000;
const days = 3;
/** The time of day at which days are summed up, half a day ago: none becomes due while the test runs. */
const turn = new Date(Date.now() - dayMs / 2);
/** The daemon was down since then. */
const from = new Date(Math.floor(turn.getTime() / dayMs) * dayMs - days * dayMs);

let database: TestDatabase;

/** Usage of three days, of which the first is closed; some events of it came after that. */
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db
    .insertInto('Setting')
    .values({
      ...{ key: 'usage.stats.job.exec.time', value: turn.toISOString().slice(11, 16) },
      ...{ scopeId: '', changedByName: 'test', updatedAt: new Date() },
    })
    .execute();
  await insertUsageLives(database.db, { from, days, machines: 60 });
  await using daemon = new UsageProcess(database.url, 'period:committed');
  await daemon.parked();
  await daemon.process.kill();
  await sql`
    insert into "UsageEvent"
    select nextval('nephos_usage_seq'), "id" || '-late', 'VM_STOP', "at" + interval '10 minutes', "accountId", "domainId", "zoneId",
      "resourceId", "resourceName", "attributes"
    from "UsageEvent"
    where "kind" = 'VM_START' and "at" < ${new Date(from.getTime() + dayMs)} and right("resourceId", 1) = '5'`.execute(
    database.db,
  );
});

afterAll(() => database[Symbol.asyncDispose]());

const periodsOf = (of: TestDatabase) =>
  of.db.selectFrom('UsagePeriod').select(['startsAt', 'endsAt', 'recordCount']).orderBy('startsAt').execute();

const closed = (of: TestDatabase, count = days) =>
  eventually(
    () => periodsOf(of),
    (periods) => periods.length >= count,
  );

test('killed at each step of a period, it writes in the end what it writes undisturbed', async () => {
  await using disturbed = await copyTestDatabase(database);
  await using undisturbed = await copyTestDatabase(database);
  await using whole = new UsageProcess(undisturbed.url);
  await closed(undisturbed);
  await whole.process.kill();
  const expected = await summedUp(undisturbed.db);
  expect(expected.records?.length).toBeGreaterThan(300);
  expect(expected.records?.some((record) => !record.includes('"correctsPeriod": null'))).toBe(true);

  // All in one transaction: every third of them is enough.
  let statement = 1;
  for (let isParked = true; isParked; statement += 3) {
    await using daemon = new UsageProcess(disturbed.url, `period:${statement}`);
    isParked = await Promise.any([
      daemon.parked().then(() => true),
      daemon.closed(new Date(from.getTime() + days * dayMs)).then(() => false),
    ]);
    // The period that was begun is as if it never had been.
    if (isParked) expect(await periodsOf(disturbed)).toHaveLength(1);
    await daemon.process.kill();
  }
  expect(statement).toBeGreaterThan(12);
  expect(await summedUp(disturbed.db)).toEqual(expected);
});

test('killed around the commit of each period, and started again, it leaves none out and repeats none', async () => {
  await using disturbed = await copyTestDatabase(database);
  for (const point of ['period:closed', 'period:committed', 'period:closed', 'period:committed']) {
    await using daemon = new UsageProcess(disturbed.url, point);
    await daemon.parked();
  }
  const periods = await closed(disturbed);
  expect(periods.map(({ startsAt, endsAt }) => [startsAt.getTime(), endsAt.getTime()])).toEqual(
    [0, 1, 2].map((day) => [from.getTime() + day * dayMs, from.getTime() + (day + 1) * dayMs]),
  );
});

test('of two daemons one works, and the other goes on when that is killed', async () => {
  await using shared = await copyTestDatabase(database);
  await using one = new UsageProcess(shared.url, 'period:closed');
  await one.parked();
  await using other = new UsageProcess(shared.url);
  // Long enough for two of its looks.
  const early = await Promise.race([
    other.leads().then(() => 'leads'),
    new Promise<string>((resolve) => setTimeout(resolve, 7000, 'stands by')),
  ]);
  expect(early).toBe('stands by');
  expect(await periodsOf(shared)).toHaveLength(1);
  await one.process.kill();
  await other.leads();
  await closed(shared);
});

test('what an administrator asked for is done once, though it is killed right after', async () => {
  await using asked = await copyTestDatabase(database);
  const jobId = newId('Job');
  const until = new Date(from.getTime() + 1.5 * dayMs);
  await asked.db.insertInto('UsageCloseRequest').values({ jobId, until }).execute();
  const request = () =>
    asked.db.selectFrom('UsageCloseRequest').selectAll().where('jobId', '=', jobId).executeTakeFirstOrThrow();
  for (const point of ['period:committed', 'request:finished']) {
    await using daemon = new UsageProcess(asked.url, point);
    await daemon.parked();
    expect(await request()).toMatchObject({ periodCount: 1, error: null });
  }
  expect((await request()).finishedAt).not.toBeNull();
  expect((await periodsOf(asked)).map(({ endsAt }) => endsAt.getTime() - from.getTime())).toEqual([
    dayMs,
    1.5 * dayMs,
  ]);
});
