import { newId } from '@nephos/model/kernel/ids.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
const startsAt = new Date('2026-11-02T00:00:00Z');
const endsAt = new Date('2026-11-03T00:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

test('what was used in a domain that is gone by now costs what those above it say', async () => {
  const { db } = database;
  const [above, below] = [newId('Domain'), newId('Domain')];
  await db
    .insertInto('Domain')
    .values([
      { id: above, name: 'region', path: '/region', lineage: [above] },
      {
        ...{ id: below, parentId: above, name: 'customer', path: '/region/customer' },
        lineage: [above, below],
      },
    ])
    .execute();
  for (const [name, domainId, price] of [
    ['for everybody', null, '9'],
    ['for the region', above, '1'],
  ] as const) {
    const id = newId('Tariff');
    await db.insertInto('Tariff').values({ id, name, usageType: 1, currency: 'CNY', domainId }).execute();
    await db
      .insertInto('TariffVersion')
      .values({
        ...{ id: newId('TariffVersion'), tariffId: id, validFrom: new Date(0), unit: 'HOUR' },
        tiers: JSON.stringify([{ price }]),
      })
      .execute();
  }
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', ${startsAt}::timestamptz, ${endsAt}::timestamptz)`.execute(
    db,
  );
  await sql`
    insert into "UsageEvent" ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    values (nextval('nephos_usage_seq'), ${newId('UsageEvent')}, 'VM_START', ${startsAt}, 'account', ${below}, 'zone', 'vm', 'web', '{}')`.execute(
    db,
  );
  await db.deleteFrom('Domain').where('id', '=', below).execute();

  await db.transaction().execute((tx) => closePeriod(tx, { startsAt, endsAt, timeZone: 'UTC' }));
  const lines = await db.selectFrom('RatedLine').select(['amount', 'unitSize']).execute();
  // A day at 1 an hour, and not at 9.
  expect(lines.map(({ amount, unitSize }) => BigInt(amount) / BigInt(unitSize))).toEqual([24n * 10n ** 12n]);
});
