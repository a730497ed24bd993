import { newId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BilledUsage, type BilledUse } from '../support/billed-usage.ts';
import { copyTestDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { ServerProcess } from '../support/server-process.ts';
import { aDomain } from '../support/tenancy.ts';

let database: TestDatabase;
/** January is billed; February brought something late for it, and is to be billed. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await using server = await ServerProcess.start({ databaseUrl: database.url, leaseSeconds: 2 });
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

afterAll(() => database[Symbol.asyncDispose]());

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
async function killHalfway(server: ServerProcess, { db }: TestDatabase, month: string): Promise<void> {
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
    await server.launch();
    await eventually(count, (rows) => rows.length === 3);
    await server.kill();
  });
}

test('killed at each step, and in the middle of each, it issues in the end what it issues undisturbed', async () => {
  await using undisturbed = await copyTestDatabase(database);
  {
    await using server = await ServerProcess.start({ databaseUrl: undisturbed.url, leaseSeconds: 2 });
    await bill(server, '2026-02');
    await done(undisturbed, 2);
  }
  const expected = await issued(undisturbed);
  expect(expected.statements).toHaveLength(18);
  expect(expected.entries).toHaveLength(18);

  await using disturbed = await copyTestDatabase(database);
  await using server = await ServerProcess.start({ databaseUrl: disturbed.url, leaseSeconds: 2 });
  await server.kill();
  const killAt = async (step: string) => {
    await server.launch([`statement.finalize:${step}`]);
    if (step === 'takeStock') await bill(server, '2026-02');
    await server.parked();
    await server.kill();
  };
  await killAt('takeStock');
  await killHalfway(server, disturbed, '2026-01');
  await killAt('issueCreditNotes:acted');
  await killHalfway(server, disturbed, '2026-02');
  await killAt('issueStatements:acted');
  await server.launch();
  await done(disturbed, 2);
  expect(await issued(disturbed)).toEqual(expected);
});
