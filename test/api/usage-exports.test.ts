import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { AuditChain } from '@nephos/server/platform/audit/chain.ts';
import { Housekeeping } from '@nephos/server/platform/housekeeping.ts';
import { makeExports } from '@nephos/usage/export/export-queue.ts';
import { presentFocusColumns } from '@nephos/usage/export/focus/focus-columns.ts';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { askDuckDb } from '../support/duckdb.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, anApiKey, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { aUsageHistory, type UsageHistory } from '../support/usage-history.ts';

let server: TestServer;
let history: UsageHistory;
let acme: Tenant;
let rival: Tenant;
let regionAdmin: Tenant;
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-exports-'));

beforeAll(async () => {
  server = await startTestServer();
  const region = await aDomain(server.db, 'region');
  acme = await aTenant(server, 'acme', { domainId: region });
  rival = await aTenant(server, 'rival', { domainId: await aDomain(server.db, 'other') });
  regionAdmin = await aTenant(server, 'region-admin', { domainId: region, role: roleId('Domain Admin') });
  // More than a page of rows, and more than a piece of a file.
  history = await aUsageHistory(server.db, {
    accounts: [acme.accountId, rival.accountId],
    days: 2,
    each: 900,
  });
}, 60_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

interface Export {
  id: Id<'UsageExport'>;
  state: string;
  until: string;
  rowCount: number;
  size: number;
  sha256: string | null;
  downloadPath: string | null;
  problem: string | null;
}

const fields = 'id state until rowCount size sha256 downloadPath problem';

async function order(client: ApiClient, more: Record<string, unknown> = {}): Promise<Export> {
  const input = { kind: 'RECORDS', format: 'CSV', from: history.from, until: history.until, ...more };
  const { createUsageExport } = await client.ask<{ createUsageExport: { usageExport: Export } }>(
    `mutation ($input: CreateUsageExportInput!) { createUsageExport(input: $input) { usageExport { ${fields} } } }`,
    { input },
  );
  return createUsageExport.usageExport;
}

async function look(client: ApiClient, id: string): Promise<Export | null> {
  const { node } = await client.ask<{ node: Export | null }>(
    `query ($id: ID!) { node(id: $id) { ... on UsageExport { ${fields} } } }`,
    { id },
  );
  return node;
}

/** What the usage daemon does. */
const work = () =>
  makeExports({ db: server.db, clock: { now: () => new Date() }, log: pino({ level: 'silent' }) });

async function made(client: ApiClient, more: Record<string, unknown> = {}): Promise<Export> {
  const { id } = await order(client, more);
  await work();
  const ready = await look(client, id);
  if (ready?.state !== 'READY') throw new Error(`export is ${ready?.state}: ${ready?.problem}`);
  return ready;
}

const remove = (client: ApiClient, id: string) =>
  client.ask('mutation ($id: ID!) { deleteUsageExport(input: { id: $id }) { exportId } }', { id });

const get = (authorization: string, id: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/exports/${id}`, {
    headers: { ...(authorization !== '' && { authorization }), ...headers },
  });

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** Fetches a file, and says by what name DuckDB finds it. */
async function fetched(client: ApiClient, file: Export, ending: string): Promise<string> {
  const bytes = await bytesOf(await get(client.authorization, file.id));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
  expect(bytes.length).toBe(file.size);
  const name = path.join(folder, `${file.id}.${ending}`);
  writeFileSync(name, bytes);
  return name;
}

const formats = [
  ['CSV', 'csv', (file: string) => `read_csv('${file}', all_varchar = true)`],
  ['JSON_LINES', 'jsonl', (file: string) => `read_json('${file}', format = 'newline_delimited')`],
  ['PARQUET', 'parquet', (file: string) => `read_parquet('${file}')`],
] as const;

test.each(formats)('a foreign reader finds in %s the sums of SQL: records', async (format, ending, from) => {
  const file = await fetched(server.admin, await made(server.admin, { format }), ending);
  const columns = `"accountId", count(*)::varchar as "rows", sum("quantity"::hugeint)::varchar as "quantity",
    sum("cpuCount"::bigint)::varchar as "cpus", count("correctsPeriod")::varchar as "corrections",
    min("startedAt"::timestamp)::varchar as "first"`;
  const found = await askDuckDb(`select ${columns} from ${from(file)} group by 1 order by 1`);
  const { rows } =
    await sql`select "accountId", count(*)::text as "rows", sum("quantity")::text as "quantity",
      sum(("attributes"->>'cpuCount')::int)::text as "cpus", count("correctsPeriod")::text as "corrections",
      min("startedAt" at time zone 'UTC')::text as "first"
    from "UsageRecord" group by 1 order by 1`.execute(server.db);
  expect(found).toEqual(rows);
  expect(rows).toHaveLength(2);
});

test.each(formats)('a foreign reader finds in %s the sums of SQL: money', async (format, ending, from) => {
  const file = await fetched(server.admin, await made(server.admin, { kind: 'RATED_LINES', format }), ending);
  const found = await askDuckDb(`select "month", count(*)::varchar as "rows",
    sum("exactAmount"::decimal(38, 0))::varchar as "exact", sum("amount"::decimal(38, 18))::varchar as "amount"
    from ${from(file)} group by 1 order by 1`);
  const { rows } = await sql`select "month", count(*)::text as "rows", sum("amount")::text as "exact",
      sum(round("amount" / 1e12 / "unitSize", 18))::text as "amount"
    from "RatedLine" group by 1 order by 1`.execute(server.db);
  expect(found).toEqual(rows);
});

/** A statement with a discount and a tax, as it was issued. */
async function issue(facts: { tenant: Tenant; serial: number; currency: string; issuedAt: Date }) {
  const { tenant, serial, currency, issuedAt } = facts;
  const id = newId('Statement');
  const line = { statementId: id, label: 'machines' };
  await server.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('Statement')
      .values({
        ...{ id, kind: 'STATEMENT', year: 2026, serial, number: `2026-${serial}`, issuedAt },
        ...{ accountId: tenant.accountId, domainId: tenant.domainId, month: '2026-11', currency },
        ...{ startsAt: history.from, endsAt: history.until, ratedUntil: history.until, timeZone: 'UTC' },
        ...{ usage: '20.10', discount: '-2.01', tax: '3.44', total: '21.53' },
        parties: JSON.stringify({}),
        adjustments: JSON.stringify({ lineage: [], adjustments: [] }),
      })
      .execute();
    const use = { usageType: 1, baseAmount: '7200000', unitSize: '3600000' };
    await tx
      .insertInto('StatementLine')
      .values([
        { ...line, ...use, position: 0, kind: 'USAGE', amount: '20.10' },
        { ...line, position: 1, kind: 'DISCOUNT', percent: '10', base: '20.10', amount: '-2.01' },
        { ...line, position: 2, kind: 'TAX', percent: '19', base: '18.09', amount: '3.44' },
      ])
      .execute();
  });
}

/** Statements of two tenants; a third is issued in years to come. */
const issueStatements = async () => {
  await issue({ tenant: acme, serial: 1, currency: 'EUR', issuedAt: history.until });
  await issue({ tenant: rival, serial: 2, currency: 'EUR', issuedAt: history.until });
  await issue({ tenant: acme, serial: 3, currency: 'CNY', issuedAt: new Date('2040-01-01T00:00:00Z') });
};
let issued: Promise<void> | undefined;

test.each(formats)('a foreign reader finds in %s the totals of statements', async (format, ending, from) => {
  await (issued ??= issueStatements());
  const name = await fetched(acme.client, await made(acme.client, { kind: 'STATEMENTS', format }), ending);
  const found = await askDuckDb(`select "number", max("accountId") as "account", count(*)::int as "lines",
      sum("amount"::decimal(38, 18))::varchar as "amount", max("statementTotal"::decimal(38, 18))::varchar as "total",
      max("quantity"::decimal(38, 18))::double as "quantity"
    from ${from(name)} group by 1`);
  const total = '21.530000000000000000';
  expect(found).toEqual([
    { number: '2026-1', account: acme.accountId, lines: 3, amount: total, total, quantity: 2 },
  ]);
});

const focusFormats = [formats[0], formats[2]] as const;

test.each(focusFormats)('a foreign reader finds in %s the costs of FOCUS', async (format, ending, from) => {
  const file = await fetched(server.admin, await made(server.admin, { kind: 'FOCUS', format }), ending);
  const found =
    await askDuckDb(`select epoch_ms("BillingPeriodStart"::timestamptz)::varchar as "starts", "BillingAccountName",
      count(*)::varchar as "rows", sum("BilledCost"::decimal(38, 18))::varchar as "cost",
      sum("x_ExactAmount"::decimal(38, 0))::varchar as "exact",
      max(abs("ListUnitPrice"::double * "PricingQuantity"::double - "ListCost"::double)) < 1e-9 as "multiplies",
      bool_and("Tags" = '{"env":"prod","team":"web"}') as "isTagged"
    from ${from(file)} where "ChargeCategory" = 'Usage' group by 1, 2 order by 1, 2`);
  const { rows } = await sql`select (l."month" || '-01')::timestamp at time zone 'Asia/Shanghai' as "starts",
      a."name" as "BillingAccountName", count(*)::text as "rows",
      sum(round(l."amount" / 1e12 / l."unitSize", 18))::text as "cost", sum(l."amount")::text as "exact"
    from "RatedLine" l join "Account" a on a."id" = l."accountId" group by 1, 2 order by 1, 2`.execute(
    server.db,
  );
  expect(found).toEqual(
    (rows as { starts: Date }[]).map(({ starts, ...more }) => ({
      starts: String(starts.getTime()),
      ...more,
      multiplies: true,
      isTagged: true,
    })),
  );
});

test('columns of FOCUS in Parquet have the types of the specification, and mandatory ones no nulls', async () => {
  const file = await fetched(
    server.admin,
    await made(server.admin, { kind: 'FOCUS', format: 'PARQUET' }),
    'parquet',
  );
  const described = await askDuckDb<{ column_name: string; column_type: string }>(
    `describe select * from read_parquet('${file}')`,
  );
  const types = new Map(described.map(({ column_name, column_type }) => [column_name, column_type]));
  const typeOf = {
    String: 'VARCHAR',
    Decimal: 'DECIMAL(38,18)',
    'Date/Time': 'TIMESTAMP WITH TIME ZONE',
    JSON: 'VARCHAR',
  };
  expect(Object.fromEntries(presentFocusColumns.map(({ id }) => [id, types.get(id)]))).toEqual(
    Object.fromEntries(presentFocusColumns.map(({ id, type }) => [id, typeOf[type]])),
  );
  const required = presentFocusColumns.filter(({ allowsNull }) => !allowsNull).map(({ id }) => id);
  const [nulls] = await askDuckDb(
    `select ${required.map((id) => `count(*) - count("${id}") as "${id}"`).join(', ')} from read_parquet('${file}')`,
  );
  expect(Object.values(nulls ?? {}).map(Number)).toEqual(required.map(() => 0));
});

test('files of FOCUS name their schema, which is published beside them', async () => {
  const { id } = await made(server.admin, { kind: 'FOCUS' });
  const { headers } = await get(server.admin.authorization, id);
  expect(headers.get('link')).toBe('</exports/focus-schema.json>; rel="describedby"');
  const published = await get(acme.client.authorization, 'focus-schema.json');
  const schema = (await published.json()) as { SchemaId: string; FocusVersion: string };
  expect(schema).toMatchObject({ SchemaId: headers.get('focus-schema-id'), FocusVersion: '1.2' });
  expect((await get('', 'focus-schema.json')).status).toBe(401);
});

async function accountsIn(client: ApiClient, more: Record<string, unknown> = {}): Promise<string[]> {
  const file = await fetched(client, await made(client, more), 'csv');
  const rows = await askDuckDb<{ accountId: string }>(
    `select distinct "accountId" from read_csv('${file}', all_varchar = true) order by 1`,
  );
  return rows.map(({ accountId }) => accountId);
}

test('a file has what its user sees in the list', async () => {
  expect(await accountsIn(acme.client)).toEqual([acme.accountId]);
  expect(await accountsIn(regionAdmin.client)).toEqual([acme.accountId]);
  expect(await accountsIn(server.admin)).toEqual([acme.accountId, rival.accountId].sort());
  expect(await accountsIn(server.admin, { accountId: rival.accountId })).toEqual([rival.accountId]);
});

test('files are found by what they are made of, how they are written and how far they are', async () => {
  const parquet = await made(acme.client, { format: 'PARQUET' });
  const waiting = await order(acme.client, { kind: 'RATED_LINES', format: 'JSON_LINES' });
  const found = async (filter: Record<string, string[]>) => {
    const { usageExports } = await acme.client.ask<{ usageExports: { nodes: { id: string }[] } }>(
      'query ($filter: UsageExportFilter) { usageExports(filter: $filter) { nodes { id } } }',
      { filter },
    );
    return usageExports.nodes.map(({ id }) => id);
  };
  expect(await found({ state: ['QUEUED'] })).toEqual([waiting.id]);
  expect(await found({ kind: ['RATED_LINES', 'FOCUS'], state: ['QUEUED', 'READY'] })).toContain(waiting.id);
  expect(await found({ kind: ['RECORDS'] })).not.toContain(waiting.id);
  expect(await found({ format: ['PARQUET'], kind: ['RECORDS'] })).toContain(parquet.id);
  expect(await found({ format: ['CSV'] })).not.toContain(parquet.id);
});

test('nobody gets another’s file', async () => {
  const { id } = await made(acme.client);
  const refused = async (client: string) => (await get(client, id)).status;
  expect(await refused(rival.client.authorization)).toBe(404);
  expect(await refused(regionAdmin.client.authorization)).toBe(404);
  expect(await refused('')).toBe(401);
  expect(await refused('Bearer nephos_of_nobody')).toBe(401);
  const { client: narrow } = await anApiKey(server, acme, ['usageExport.list']);
  expect(await refused(narrow.authorization)).toBe(403);
  expect(await look(rival.client, id)).toBeNull();
  await expect(remove(rival.client, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await get(acme.client.authorization, `${id.slice(0, -1)}0`)).status).toBe(404);
});

test('nobody orders a file of another’s account', async () => {
  await expect(order(acme.client, { accountId: rival.accountId })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('who sees less than then does not get the file any more', async () => {
  const { id } = await made(regionAdmin.client);
  expect((await get(regionAdmin.client.authorization, id)).status).toBe(200);
  await server.db
    .updateTable('Account')
    .set({ roleId: roleId('User') })
    .where('id', '=', regionAdmin.accountId)
    .execute();
  expect((await get(regionAdmin.client.authorization, id)).status).toBe(403);
  await server.db
    .updateTable('Account')
    .set({ roleId: roleId('Domain Admin') })
    .where('id', '=', regionAdmin.accountId)
    .execute();
});

test.each(['CSV', 'PARQUET'])(
  '%s goes on where it broke off, and is the same when made again',
  async (format) => {
    const file = await made(server.admin, { format });
    const key = server.admin.authorization;
    const whole = await get(key, file.id);
    const tag = whole.headers.get('etag') ?? '';
    const bytes = await bytesOf(whole);
    const middle = Math.floor(bytes.length / 2);
    const begun = await get(key, file.id, { range: `bytes=0-${middle - 1}` });
    expect(begun.status).toBe(206);
    const rest = await get(key, file.id, { range: `bytes=${middle}-`, 'if-range': tag });
    expect(rest.headers.get('content-range')).toBe(`bytes ${middle}-${bytes.length - 1}/${bytes.length}`);
    expect(Buffer.concat([await bytesOf(begun), await bytesOf(rest)]).equals(bytes)).toBe(true);
    expect((await get(key, file.id, { range: 'bytes=5-', 'if-range': '"other"' })).status).toBe(200);
    expect((await get(key, file.id, { range: `bytes=${bytes.length}-` })).status).toBe(416);
    expect((await get(key, file.id, { 'if-none-match': tag })).status).toBe(304);
    expect((await made(server.admin, { format })).sha256).toBe(file.sha256);
  },
);

test('whoever died in the middle is followed by one who makes the same', async () => {
  const { sha256 } = await made(acme.client);
  const { id } = await order(acme.client);
  await server.db
    .updateTable('UsageExport')
    .set({ state: 'RUNNING', attempt: 1, sizeBytes: 7n })
    .where('id', '=', id)
    .execute();
  await server.db
    .insertInto('UsageExportPart')
    .values({ exportId: id, position: 0n, content: Buffer.from('halfway') })
    .execute();
  await work();
  expect(await look(acme.client, id)).toMatchObject({ state: 'READY', sha256 });
});

test('one that keeps dying is given up', async () => {
  const { id } = await order(acme.client);
  await server.db
    .updateTable('UsageExport')
    .set({ state: 'RUNNING', attempt: 5 })
    .where('id', '=', id)
    .execute();
  await work();
  expect(await look(acme.client, id)).toMatchObject({ state: 'FAILED', downloadPath: null });
  expect((await get(acme.client.authorization, id)).status).toBe(409);
});

test('a file that would be too long is not made, and leaves nothing', async () => {
  const { id } = await order(acme.client);
  await server.db.updateTable('UsageExport').set({ mostBytes: 1000n }).where('id', '=', id).execute();
  await work();
  const { problem, size } = (await look(acme.client, id)) ?? {};
  expect(problem).toMatch(/^the file would be longer than 1000 B/);
  expect(size).toBe(0);
  const parts = await server.db
    .selectFrom('UsageExportPart')
    .where('exportId', '=', id)
    .select('position')
    .execute();
  expect(parts).toEqual([]);
});

test('what is not closed is left out', async () => {
  const { until, id } = await order(acme.client, { until: '2030-01-01T00:00:00Z' });
  expect(until).toBe(history.until.toISOString());
  await remove(acme.client, id);
  await expect(order(acme.client, { until: history.from })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
});

test('a file that nobody wants any more is not made, and its end comes by itself', async () => {
  const { id } = await order(acme.client);
  await remove(acme.client, id);
  expect(await work()).toBe(0);
  const { id: other } = await made(acme.client);
  await server.db
    .updateTable('UsageExport')
    .set({ expiresAt: history.from })
    .where('id', '=', other)
    .execute();
  const { db, clock, settings, sealing, log } = server.application.platform;
  const chain = await AuditChain.open(db, sealing);
  await new Housekeeping({ db, clock, settings, chain, log }).run();
  expect(await look(acme.client, other)).toBeNull();
});

test('a user has 20 of them at most', async () => {
  const { count } = await server.db
    .selectFrom('UsageExport')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('userId', '=', rival.userId)
    .executeTakeFirstOrThrow();
  for (let have = Number(count); have < 20; have += 1) await order(rival.client);
  await expect(order(rival.client)).rejects.toMatchObject({ code: 'RESOURCE_LIMIT_EXCEEDED' });
});
