import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { packHours } from '@nephos/server/statistics/packing.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';

const migrations = path.join(import.meta.dirname, '../../prisma/migrations');
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-migrations-'));
const machineId = newId('VirtualMachine');
let database: TestDatabase;

beforeAll(async () => {
  database = await createEmptyDatabase();
  const before = readdirSync(migrations).filter((name) => name < '20261128185411_compute');
  for (const name of before)
    cpSync(path.join(migrations, name), path.join(folder, name), { recursive: true });
  await applyMigrations(database.url, folder);
  const { db } = database;
  await db.connection().execute(async (connection) => {
    // What the machine belongs to is no matter here.
    await sql`set session_replication_role = replica`.execute(connection);
    await sql`insert into "VirtualMachine" ("id", "accountId", "zoneId", "name", "state", "desiredPower",
        "serviceOfferingId", "cpuCount", "cpuMhz", "memoryBytes")
      values (${machineId}, 'acct', 'zone', 'old', 'RUNNING', 'ON', 'soff', 2, 1000, 1)`.execute(connection);
    await sql`reset session_replication_role`.execute(connection);
  });
  await sql`select nephos_ensure_partitions('MachineSample', 'day', '2026-01-10', '2026-01-11')`.execute(db);
  // Half of two processors; then the machine is started anew.
  await sql`
    insert into "MachineSample" select ${machineId}, at, cpu * 1000000000, 512, bytes, bytes, bytes, bytes, bytes, bytes
    from (values
      ('2026-01-10T10:00:30Z'::timestamptz, 100::bigint, 1000::bigint),
      ('2026-01-10T10:01:30Z', 160, 7000),
      ('2026-01-10T10:02:30Z', 5, 10),
      ('2026-01-10T11:02:30Z', 5 + 7200, 10)
    ) s(at, cpu, bytes)`.execute(db);
  await sql`insert into "Setting" ("key", "scopeId", "value") values ('vm.stats.retention.days', '', '12')`.execute(
    db,
  );
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database[Symbol.asyncDispose]();
});

test('counters that were kept before become rates, and are packed', async () => {
  const { db, url } = database;
  await applyMigrations(url);
  const rows = await db.selectFrom('FreshSample').select('values').orderBy('at').execute();
  const rates = (value: number) => Array.from({ length: 6 }, () => value);
  expect(rows.map(({ values }) => values)).toEqual([
    [null, null, null, 512, ...Array.from({ length: 6 }, () => null)],
    [50, null, null, 512, ...rates(100)],
    [null, null, null, 512, ...Array.from({ length: 6 }, () => null)],
    [100, null, null, 512, ...rates(0)],
  ]);
  expect(await packHours(db, new Date('2026-01-10T12:00:00Z'))).toBe(2);
  const hours = await db.selectFrom('SampleHour').selectAll().orderBy('hour').execute();
  expect(hours.map(({ hour }) => hour.toISOString())).toEqual([
    '2026-01-10T10:00:00.000Z',
    '2026-01-10T11:00:00.000Z',
  ]);
  expect(hours[0]?.minutes[1]?.[0]).toBe(50);
});

test('how long they were kept is how long averages are', async () => {
  const setting = await database.db.selectFrom('Setting').select(['key', 'value']).executeTakeFirst();
  expect(setting).toEqual({ key: 'vm.stats.retention.quarter.days', value: '12' });
});
