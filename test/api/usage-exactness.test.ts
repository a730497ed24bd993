import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { nextBoundary, type PeriodRule } from '@nephos/usage/period/boundaries.ts';
import { keptFrom } from '@nephos/usage/retention/horizon.ts';
import { removeOldEvents } from '@nephos/usage/retention/remove-events.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  goingOn,
  integrate,
  isCounted,
  type KnownEvent,
  type KnownKind,
  type Usage,
} from '../support/usage-oracle.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const log = pino({ level: 'silent' });
const periodCount = 6;
const kindsOf = {
  vm: [
    ...([
      'VM_CREATE',
      'VM_SCALE',
      'VM_ASSIGN',
      'VM_EXPUNGE',
      'VM_START',
      'VM_STOP',
      'VM_SCALE_LIVE',
    ] as const),
    ...(['NETWORK_BYTES_SENT', 'VM_DISK_IO_READ'] as const),
  ],
  vol: ['VOLUME_CREATE', 'VOLUME_ASSIGN', 'VOLUME_DELETE'],
  nic: ['IP_ADDRESS_TAKE', 'IP_ADDRESS_ASSIGN', 'IP_ADDRESS_RELEASE'],
  tmpl: ['TEMPLATE_CREATE', 'TEMPLATE_DELETE'],
  vmss: ['VM_SNAPSHOT_CREATE', 'VM_SNAPSHOT_DELETE', 'VM_SNAPSHOT_ON_PRIMARY', 'VM_SNAPSHOT_OFF_PRIMARY'],
} as const satisfies Record<string, readonly KnownKind[]>;

/** An event somewhere in the time of the periods, by parts of it, and how many periods too late, or early, it is told. */
const happening = fc.oneof(
  ...Object.entries(kindsOf).map(([prefix, kinds]) =>
    fc.record({
      kind: fc.constantFrom<KnownKind>(...kinds),
      resourceId: fc.integer({ min: 1, max: 2 }).map((number) => `${prefix}_${number}`),
      // Twice in a hundred exactly at the beginning of a period.
      place: fc.oneof(
        { weight: 8, arbitrary: fc.double({ min: 0, max: periodCount, noNaN: true, maxExcluded: true }) },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: periodCount - 1 }) },
      ),
      delay: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 3, arbitrary: fc.integer({ min: -1, max: periodCount }) },
      ),
      // Only images lie in several.
      zone: prefix === 'tmpl' ? fc.constantFrom('zone_a', 'zone_b') : fc.constant('zone_a'),
      owner: fc.constantFrom('acct_a', 'acct_b'),
      size: fc.constantFrom('1', '2'),
      quantity: fc.integer({ min: 1, max: 10_000 }),
      isTwice: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
  ),
);

/** Times and places at which clocks are put forward or back, one at which they are not, and the end of a month. */
const rule = fc.record({
  rule: fc.record({
    rangeMinutes: fc.constantFrom(60, 1440),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
  }),
  near: fc.constantFrom(
    '2026-03-29T00:00:00Z',
    '2026-04-04T14:00:00Z',
    '2026-10-24T23:00:00Z',
    '2026-10-03T14:00:00Z',
    '2026-03-31T21:00:00Z',
  ),
});

/**
 * What the daemon does with each period in turn: closes it, dies in the middle and does it again, does it twice, or removes
 * events of the months before.
 */
const manners = fc.array(fc.constantFrom('once', 'once', 'dies', 'twice', 'removes'), {
  minLength: periodCount + 1,
  maxLength: periodCount + 1,
});

test('records are the exact integral of what was on, whatever comes late, and whoever dies meanwhile', async () => {
  const { db } = database;
  const run = async (
    happenings: Happening[],
    { rule: periodRule, near }: { rule: PeriodRule; near: string },
    turns: string[],
  ) => {
    await sql`truncate "UsageEvent", "UsageRecord", "UsagePeriod", "OpenUse", "EarlierUse", "UsageHorizon"`.execute(
      db,
    );
    const periods = periodsNear(near, periodRule);
    const known: KnownEvent[] = [];
    let inserted = 0;
    const seen = new Map<string, string>();
    for (const [index, { from, until }] of periods.entries()) {
      const told = happenings
        .filter((each) => toldIn(each) === index || (index === 0 && toldIn(each) < 0))
        .flatMap((each) => eventsOf(each, periods));
      await insertEvents(inserted, told);
      inserted += told.length;
      const since = await keptFrom(db);
      known.push(...told.filter(({ at }) => at >= since.getTime()));
      const bounds = { startsAt: new Date(from), endsAt: new Date(until), timeZone: periodRule.timeZone };
      if (turns[index] === 'dies')
        await expect(
          db.transaction().execute(async (tx) => {
            await closePeriod(tx, bounds);
            throw new Error('killed');
          }),
        ).rejects.toThrow('killed');
      const period = await db.transaction().execute((tx) => closePeriod(tx, bounds));
      if (turns[index] === 'twice')
        expect(await db.transaction().execute((tx) => closePeriod(tx, bounds))).toEqual(period);
      if (turns[index] === 'removes') await removeOldEvents({ db, log }, bounds.endsAt, 0);
      // What was closed stays as it was.
      for (const [id, row] of await storedRecords()) {
        expect(seen.get(id) ?? row).toBe(row);
        seen.set(id, row);
      }
      expect(await summedUp()).toEqual(integrate(known, periods.slice(0, index + 1)));
      expect(await openUses()).toEqual(goingOn(known, until));
    }
    expect(seen.size).toBe((await storedRecords()).length);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 20, maxLength: 80, size: 'max' }), rule, manners, run),
    { numRuns: 50, interruptAfterTimeLimit: 15_000 },
  );
}, 60_000);

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;
const toldIn = ({ place, delay }: Happening) => Math.min(Math.floor(place) + delay, periodCount);

function periodsNear(near: string, periodRule: PeriodRule): { from: number; until: number }[] {
  const boundaries = [nextBoundary(new Date(near), periodRule)];
  while (boundaries.length < periodCount + 2) boundaries.push(nextBoundary(boundaries.at(-1)!, periodRule));
  return boundaries
    .slice(1)
    .map((until, index) => ({ from: boundaries[index]!.getTime(), until: until.getTime() }));
}

function eventsOf(
  { place, isTwice, delay: _, ...event }: Happening,
  periods: readonly { from: number; until: number }[],
): KnownEvent[] {
  const { from, until } = periods[Math.floor(place)]!;
  const known = { ...event, at: Math.floor(from + (place % 1) * (until - from)) };
  return isTwice && !isCounted(event.kind) ? [known, known] : [known];
}

async function insertEvents(already: number, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  const times = events.map(({ at }) => at);
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', ${new Date(Math.min(...times))}, ${new Date(Math.max(...times) + 1)})`.execute(
    database.db,
  );
  await database.db
    .insertInto('UsageEvent')
    .values(
      events.map(({ kind, at, resourceId, zone, owner, size, quantity }, index) => ({
        seq: BigInt(already + index + 1),
        id: `uevt_${already + index}` as never,
        kind,
        at: new Date(at),
        accountId: owner as never,
        domainId: 'dom' as never,
        zoneId: zone as never,
        resourceId,
        resourceName: resourceId,
        attributes: JSON.stringify({
          sizeBytes: size,
          ...(isCounted(kind) && { quantity: String(quantity) }),
        }),
      })),
    )
    .execute();
}

async function storedRecords(): Promise<[id: string, row: string][]> {
  const { rows } = await sql<{
    id: string;
    row: string;
  }>`select "id", r::text as "row" from "UsageRecord" r`.execute(database.db);
  return rows.map(({ id, row }) => [id, row]);
}

/** Records as the oracle has it, corrections in the periods that they correct. */
async function summedUp(): Promise<Usage> {
  const { rows } = await sql<{ period: Date; use: string; quantity: bigint }>`
    select coalesce("correctsPeriod", "periodStartsAt") as "period",
      concat_ws(' ', "usageType", "resourceId", "zoneId", "accountId", "attributes"->>'sizeBytes') as "use", sum("quantity")::bigint as "quantity"
    from "UsageRecord" where not "attributes" ? 'quantity' group by 1, 2 having sum("quantity") <> 0`.execute(
    database.db,
  );
  return new Map(rows.map(({ period, use, quantity }) => [`${period.toISOString()} ${use}`, quantity]));
}

async function openUses(): Promise<string[]> {
  const { rows } = await sql<{ use: string }>`
    select concat_ws(' ', "usageType", "resourceId", "zoneId", "accountId", "attributes"->>'sizeBytes') as "use" from "OpenUse"`.execute(
    database.db,
  );
  return rows.map(({ use }) => use).sort();
}
