import { isId, uuidOf } from '@nephos/model/kernel/ids.ts';
import type { UsageEventKind } from '@nephos/model/generated/enums.ts';
import { closePeriod, PeriodGapError } from '@nephos/usage/aggregate/close-period.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

const hour = (n: number) => new Date(Date.UTC(2026, 9, 15, n));
const events = [
  ['VM_START', 'vm_lonely', 1],
  ['VM_CREATE', 'vm_twice', 1],
  ['VM_CREATE', 'vm_twice', 2],
  ['VOLUME_CREATE', 'vol_risen', 1],
  ['VOLUME_DELETE', 'vol_risen', 2],
  ['VOLUME_CREATE', 'vol_risen', 3],
  ['VM_STOP', 'vm_unheard', 1],
  ['VM_CREATE', 'vm_sound', 1],
  ['VM_START', 'vm_sound', 1],
  ['VM_SCALE', 'vm_sound', 2],
] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', ${hour(0)}::timestamptz, ${hour(1)}::timestamptz)`.execute(
    db,
  );
  await tell(events);
});
afterAll(() => database[Symbol.asyncDispose]());

let told = 0;

type Told = readonly (readonly [kind: UsageEventKind, resourceId: string, hour: number])[];

const tell = (happened: Told) =>
  database.db
    .insertInto('UsageEvent')
    .values(
      happened.map(([kind, resourceId, at]) => ({
        ...{ seq: BigInt(++told), id: `uevt_${told}` as never, kind, at: hour(at), resourceId },
        ...{ accountId: 'acct' as never, domainId: 'dom' as never, zoneId: 'zone' as never },
        ...{ resourceName: resourceId, attributes: '{}' },
      })),
    )
    .execute();

const close = (from: number, until: number) =>
  database.db
    .transaction()
    .execute((tx) => closePeriod(tx, { startsAt: hour(from), endsAt: hour(until), timeZone: 'UTC' }));

const found = (resourceId: string, usageType: number, at: number) => ({
  count: 1,
  examples: [{ resourceId, usageType, at: hour(at).toISOString() }],
});

test('what breaks a rule is told of, and summed up all the same', async () => {
  const { db } = database;
  const period = await close(0, 4);
  expect(period.findings).toEqual([
    { check: 'BEGAN_TWICE', ...found('vm_twice', 2, 1) },
    { check: 'NEVER_BEGAN', ...found('vm_unheard', 1, 1) },
    { check: 'RUNNING_UNALLOCATED', ...found('vm_lonely', 1, 1) },
    { check: 'USED_AFTER_REMOVAL', ...found('vol_risen', 6, 1) },
  ]);
  expect(period).toMatchObject({
    eventCount: events.length,
    lateEventCount: 0,
    recordCount: 5,
    correctionCount: 0,
  });
  const records = await db.selectFrom('UsageRecord').select(['id', 'resourceId', 'quantity']).execute();
  expect(Object.fromEntries(records.map(({ resourceId, quantity }) => [resourceId, quantity]))).toEqual({
    vm_lonely: 10_800_000n,
    vm_twice: 10_800_000n,
    vol_risen: 7_200_000n,
    vm_sound: 10_800_000n,
  });
  for (const { id } of [period, ...records])
    expect(uuidOf(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(records.every(({ id }) => isId('UsageRecord', id))).toBe(true);
});

test('what is used in a later period than it was removed in is told of, once', async () => {
  await tell([
    ['VM_STOP', 'vm_lonely', 4],
    ['VOLUME_DELETE', 'vol_risen', 5],
    ['VOLUME_CREATE', 'vol_risen', 9],
    ['VOLUME_CREATE', 'vol_new', 9],
  ]);
  expect((await close(4, 8)).findings).toEqual([]);
  expect((await close(8, 12)).findings).toEqual([
    { check: 'USED_AFTER_REMOVAL', ...found('vol_risen', 6, 9) },
  ]);
  expect((await close(12, 13)).findings).toEqual([]);
});

test('what happened before the oldest event that is kept is told of, and changes nothing', async () => {
  await database.db
    .insertInto('UsageHorizon')
    .values({ keptFrom: hour(8) })
    .execute();
  await tell([['VOLUME_DELETE', 'vol_new', 7]]);
  expect(await close(13, 14)).toMatchObject({
    findings: [{ check: 'TOO_LATE', ...found('vol_new', 6, 7) }],
    lateEventCount: 1,
    correctionCount: 0,
    recordCount: 5,
  });
});

test('a period that does not follow the last one is refused', async () => {
  await expect(close(5, 6)).rejects.toThrow(PeriodGapError);
});
