import type { UsageEventKind } from '@nephos/model/generated/enums.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { keptFrom } from '@nephos/usage/retention/horizon.ts';
import { removeOldEvents } from '@nephos/usage/retention/remove-events.ts';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const log = pino({ level: 'silent' });
const on = (month: number, day: number) => new Date(Date.UTC(2026, month - 1, day));
let told = 0n;

async function tell(kind: UsageEventKind, resourceId: string, at: Date): Promise<void> {
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', ${at}::timestamptz, ${at}::timestamptz + interval '1 ms')`.execute(
    database.db,
  );
  await database.db
    .insertInto('UsageEvent')
    .values({
      ...{ seq: ++told, id: `uevt_${told}` as never, kind, at, resourceId, resourceName: resourceId },
      ...{ accountId: 'acct' as never, domainId: 'dom' as never, zoneId: 'zone' as never, attributes: '{}' },
    })
    .execute();
}

const close = (startsAt: Date, endsAt: Date) =>
  database.db.transaction().execute((tx) => closePeriod(tx, { startsAt, endsAt, timeZone: 'UTC' }));

/** On 20 March, of a cloud that keeps events for a month. */
const remove = () => removeOldEvents({ db: database.db, log }, on(3, 20), 1);

async function keptEvents(): Promise<string[]> {
  const rows = await database.db.selectFrom('UsageEvent').select('resourceId').orderBy('seq').execute();
  return rows.map(({ resourceId }) => resourceId);
}

test('events go when they are old and summed up, and what they began can be corrected still', async () => {
  await tell('VOLUME_CREATE', 'vol_gone', on(1, 5));
  await tell('VOLUME_CREATE', 'vol_old', on(1, 5));
  await tell('VOLUME_DELETE', 'vol_gone', on(1, 7));
  await tell('VOLUME_CREATE', 'vol_young', on(2, 5));
  await remove();
  expect(await keptEvents()).toHaveLength(4);
  await close(on(1, 1), on(3, 1));

  // Told late, and not summed up yet.
  await tell('VOLUME_CREATE', 'vol_late', on(1, 9));
  await remove();
  expect(await keptEvents()).toHaveLength(5);
  await close(on(3, 1), on(3, 2));

  await remove();
  expect(await keptEvents()).toEqual(['vol_young']);
  expect(await keptFrom(database.db)).toEqual(on(2, 1));
  const earlier = await database.db
    .selectFrom('EarlierUse')
    .select('resourceId')
    .orderBy('resourceId')
    .execute();
  expect(earlier.map(({ resourceId }) => resourceId)).toEqual(['vol_late', 'vol_old']);

  await tell('VOLUME_DELETE', 'vol_old', on(2, 10));
  await close(on(3, 2), on(3, 3));
  const { quantity } = await database.db
    .selectFrom('UsageRecord')
    .select(({ fn }) => fn.sum<string>('quantity').as('quantity'))
    .where('resourceId', '=', 'vol_old')
    .executeTakeFirstOrThrow();
  expect(Number(quantity)).toBe(on(2, 10).getTime() - on(1, 5).getTime());
});
