import type { Id } from '@nephos/model/kernel/ids.ts';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { aUsageHistory } from '../support/usage-history.ts';
import { bareAccounts, orderRecords } from '../support/usage-orders.ts';
import { UsageProcess } from '../support/usage-process.ts';

test('a file whose daemon was killed in the middle is made anew by the next, with the same bytes', async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const { accounts, userId } = await bareAccounts(db, 2);
  const history = await aUsageHistory(db, { accounts, days: 2, each: 1000 });
  const stateOf = (id: Id<'UsageExport'>) =>
    db
      .selectFrom('UsageExport')
      .select(['state', 'attempt', 'sha256', 'rowCount'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const ready = (id: Id<'UsageExport'>) =>
    eventually(
      () => stateOf(id),
      ({ state }) => state === 'READY',
      // The days since the history are closed first.
      120,
    );

  await using first = new UsageProcess(database.url);
  const undisturbed = await ready(await orderRecords(db, userId, history, 'CSV'));
  // Nothing is written of the second file as long as somebody holds the table.
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('begin; lock table "UsageExportPart" in share mode');
  const id = await orderRecords(db, userId, history, 'CSV');
  await eventually(
    async () => {
      const { rowCount } = await holder.query(
        `select 1 from pg_locks where relation = '"UsageExportPart"'::regclass and not granted
          and database = (select oid from pg_database where datname = current_database())`,
      );
      return rowCount;
    },
    (waiting) => waiting === 1,
  );
  await first.process.kill();
  await holder.query('commit');
  await holder.end();

  await using second = new UsageProcess(database.url);
  await second.leads();
  expect(await ready(id)).toEqual({ ...undisturbed, attempt: 2 });
});
