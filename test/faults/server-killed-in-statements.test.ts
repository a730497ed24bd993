import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BilledUsage, type BilledUse } from '../support/billed-usage.ts';
import { copyTestDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { ServerProcess } from '../support/server-process.ts';
import { aDomain } from '../support/tenancy.ts';

let database: TestDatabase;
/** Secrets in the database are sealed with it, and in its copies. */
const keys = mkdtempSync(path.join(tmpdir(), 'nephos-statements-'));

/** January is billed; February brought something late for it, and is to be billed. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await using server = await start(database);
  cpSync(path.join(server.folder, 'master.key'), path.join(keys, 'master.key'));
  const domainId = await aDomain(db, 'billed');
  const usage = new BilledUsage(db);
  await usage.setPrices();
  const machines: BilledUse[] = [];
  for (let index = 0; index < 6; index += 1) {
    const accountId = newId('Account');
    await db
      .insertInto('Account')
      .values({ id: accountId, domainId, name: `tenant-${index}` })
      .execute();
    machines.push(await usage.begin({ accountId, domainId }, '2026-01-01T00:00:00Z'));
  }
  await usage.close('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
  await bill(server, '2026-01');
  await done(database, 1);
  for (const machine of machines) await usage.end(machine, '2026-01-15T00:00:00Z');
  for (const { accountId } of machines)
    await usage.begin({ accountId, domainId }, '2026-02-10T00:00:00Z', { gib: 50 });
  await usage.close('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z');
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(keys, { recursive: true, force: true });
});

function start(of: TestDatabase): Promise<ServerProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-server-'));
  cpSync(keys, folder, { recursive: true });
  return ServerProcess.start({ databaseUrl: of.url, folder, leaseSeconds: 2 });
}

const bill = ({ admin }: ServerProcess, month: string) =>
  admin.ask(`mutation ($month: String!) { finalizeStatements(input: { month: $month }) { job { id } } }`, {
    month,
  });

const done = (of: TestDatabase, months: number) =>
  eventually(
    () => of.db.selectFrom('StatementMonth').select('month').execute(),
    (rows) => rows.length === months,
  );

/** All that was issued, but for what is of the moment. */
async function issued({ db }: TestDatabase) {
  const { rows: statements } = await sql`
    select "kind", "serial", "accountId", "month", "usage"::text, "discount"::text, "tax"::text, "total"::text,
      (select jsonb_agg(jsonb_build_array(l."kind", l."label", l."amount") order by l."position")
        from "StatementLine" l where l."statementId" = s."id") as "lines"
    from "Statement" s order by "kind", "serial"`.execute(db);
  const { rows: entries } = await sql`
    select "accountId", "kind", "month", "amount"::text from "LedgerEntry" order by 1, 2, 3`.execute(db);
  return { statements, entries };
}

/** Has the server die when it has issued one half of what it issues of a month. */
async function killHalfway(
  server: ServerProcess,
  { db }: TestDatabase,
  { month, begin }: { month: string; begin(): Promise<unknown> },
): Promise<void> {
  const { rows } = await sql<{
    accountId: string;
  }>`select distinct "accountId" from "RatedLine" order by 1`.execute(db);
  const { accountId } = rows[3]!;
  const count = () =>
    db
      .selectFrom('Statement')
      .select('id')
      .where('month', '=', month)
      .where('ratedUntil', '=', new Date('2026-03-01T00:00:00Z'))
      .execute();
  await db.transaction().execute(async (tx) => {
    // The fourth has to wait for this.
    await sql`select pg_advisory_xact_lock(hashtext(${`nephos statement ${accountId} ${month} CNY`}))`.execute(
      tx,
    );
    await begin();
    await eventually(count, (rows) => rows.length === 3);
    await server.kill();
  });
}

test('killed in the middle of its steps, and at the end of the last, it issues in the end what it issues undisturbed', async () => {
  await using undisturbed = await copyTestDatabase(database);
  {
    await using server = await start(undisturbed);
    await bill(server, '2026-02');
    await done(undisturbed, 2);
  }
  const expected = await issued(undisturbed);
  expect(expected.statements).toHaveLength(18);
  expect(expected.entries).toHaveLength(18);

  await using disturbed = await copyTestDatabase(database);
  await using server = await start(disturbed);
  await killHalfway(server, disturbed, { month: '2026-01', begin: () => bill(server, '2026-02') });
  await killHalfway(server, disturbed, { month: '2026-02', begin: () => server.launch() });
  await server.launch(['statement.finalize:issueStatements:acted']);
  await server.parked();
  await server.kill();
  await server.launch();
  await done(disturbed, 2);
  expect(await issued(disturbed)).toEqual(expected);
});
