import { newId } from '@nephos/model/kernel/ids.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const happens = (kind: 'VM_START' | 'VM_STOP', at: string) =>
  sql`
    insert into "UsageEvent" ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    values (nextval('nephos_usage_seq'), ${newId('UsageEvent')}, ${kind}, ${new Date(at)}, 'account', 'domain', 'zone', 'vm', 'web', '{}')`.execute(
    database.db,
  );

const close = (from: string, until: string, timeZone: string) =>
  database.db
    .transaction()
    .execute((tx) => closePeriod(tx, { startsAt: new Date(from), endsAt: new Date(until), timeZone }));

test('a correction goes into the month that it corrects, though the time zone is another by now', async () => {
  const { db } = database;
  const tariffId = newId('Tariff');
  await db
    .insertInto('Tariff')
    .values({ id: tariffId, name: 'machines', usageType: 1, currency: 'CNY' })
    .execute();
  await db
    .insertInto('TariffVersion')
    .values({
      ...{ id: newId('TariffVersion'), tariffId, validFrom: new Date(0), unit: 'HOUR' },
      // Dearer first: what is taken back from another month would be taken at another price.
      tiers: JSON.stringify([{ upTo: '2', price: '5' }, { price: '1' }]),
    })
    .execute();
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', '2026-11-01'::timestamptz, '2026-12-31'::timestamptz)`.execute(
    db,
  );
  await happens('VM_START', '2026-11-30T16:00:00Z');
  await close('2026-11-30T12:00:00Z', '2026-11-30T18:00:00Z', 'UTC');
  await close('2026-11-30T18:00:00Z', '2026-12-01T00:00:00Z', 'UTC');
  await happens('VM_STOP', '2026-11-30T19:00:00Z');
  await close('2026-12-01T00:00:00Z', '2026-12-01T16:00:00Z', 'Asia/Shanghai');

  const { rows } = await sql<{ month: string; yuan: string }>`
    select "month", (sum("amount" / "unitSize") / 1e12)::float8::text as "yuan" from "RatedLine" group by 1 order by 1`.execute(
    db,
  );
  // Three hours of November: two at 5, one at 1. Nothing of December.
  expect(rows).toEqual([{ month: '2026-11', yuan: '11' }]);
});
