import { isId, uuidOf } from '@nephos/model/kernel/ids.ts';
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
  await db
    .insertInto('UsageEvent')
    .values(
      events.map(([kind, resourceId, at], index) => ({
        ...{ seq: BigInt(index + 1), id: `uevt_${index}` as never, kind, at: hour(at), resourceId },
        ...{ accountId: 'acct' as never, domainId: 'dom' as never, zoneId: 'zone' as never },
        ...{ resourceName: resourceId, attributes: '{}' },
      })),
    )
    .execute();
});
afterAll(() => database[Symbol.asyncDispose]());

test('what breaks a rule is told of, and summed up all the same', async () => {
  const { db } = database;
  const period = await db
    .transaction()
    .execute((tx) => closePeriod(tx, { startsAt: hour(0), endsAt: hour(4), timeZone: 'UTC' }));
  const found = (resourceId: string, usageType: number, at: number) => ({
    count: 1,
    examples: [{ resourceId, usageType, at: hour(at).toISOString() }],
  });
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

test('a period that does not follow the last one is refused', async () => {
  const gap = { startsAt: hour(5), endsAt: hour(6), timeZone: 'UTC' };
  await expect(database.db.transaction().execute((tx) => closePeriod(tx, gap))).rejects.toThrow(
    PeriodGapError,
  );
});
