import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { issueStatement } from '@nephos/server/billing/statement/issue.ts';
import { makeExports } from '@nephos/usage/export/export-queue.ts';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BilledUsage, type BilledUse } from '../support/billed-usage.ts';
import { askDuckDb } from '../support/duckdb.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, anApiKey, aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let usage: BilledUsage;
let acme: Tenant;
let rival: Tenant;
let machine: BilledUse;
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-focus-'));

beforeAll(async () => {
  server = await startTestServer();
  acme = await aTenant(server, 'acme', { domainId: await aDomain(server.db, 'region') });
  rival = await aTenant(server, 'rival');
  usage = new BilledUsage(server.db);
  await usage.setPrices();
  machine = await usage.begin(acme, '2026-01-01T00:00:00Z');
  await usage.begin(acme, '2026-01-10T07:00:01Z', { gib: 100 });
  await usage.begin(rival, '2026-01-05T00:00:01Z');
  await usage.close('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
}, 60_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function issue({ accountId }: Tenant, until: string): Promise<void> {
  const { mutations, settings } = server.application.platform;
  const key = { accountId, month: '2026-01', currency: 'CNY', ratedUntil: new Date(until) };
  await mutations.run({ action: 'statement.finalize', actor: null, input: {} }, async (mutation) => {
    await issueStatement(mutation, settings, key);
    return {};
  });
}

/** A file of FOCUS, as a foreign reader finds it. */
async function focusFile(tenant: Tenant, more: Record<string, unknown> = {}): Promise<string> {
  const times = { from: '2026-01-01T00:00:00Z', until: '2026-03-01T00:00:00Z' };
  const { createUsageExport } = await tenant.client.ask<{
    createUsageExport: { usageExport: { id: Id<'UsageExport'> } };
  }>(
    `mutation ($input: CreateUsageExportInput!) { createUsageExport(input: $input) { usageExport { id } } }`,
    { input: { kind: 'FOCUS', format: 'CSV', ...times, ...more } },
  );
  const { id } = createUsageExport.usageExport;
  await makeExports({ db: server.db, clock: { now: () => new Date() }, log: pino({ level: 'silent' }) });
  const { authorization } = tenant.client;
  const response = await fetch(`${server.url}/exports/${id}`, { headers: { authorization } });
  expect(response.status).toBe(200);
  const name = path.join(folder, `${id}.csv`);
  writeFileSync(name, Buffer.from(await response.arrayBuffer()));
  return `read_csv('${name}', all_varchar = true)`;
}

const sumsByInvoice = async (file: string) =>
  askDuckDb<{ invoice: string | null; total: string; classes: string | null; categories: string }>(`
    select "InvoiceId" as "invoice", sum("BilledCost"::decimal(38, 18))::varchar as "total",
      string_agg(distinct "ChargeClass") as "classes",
      string_agg(distinct "ChargeCategory", ',' order by "ChargeCategory") as "categories"
    from ${file} where "BillingPeriodStart" < '2026-01-15' group by 1 order by 1`);

const statementsOf = ({ accountId }: Tenant) =>
  server.db
    .selectFrom('Statement')
    .select(['number', 'kind', 'total'])
    .where('accountId', '=', accountId)
    .orderBy('number')
    .execute();

test('what is on no statement has no number', async () => {
  const [none, ...more] = await sumsByInvoice(await focusFile(acme));
  expect(more).toEqual([]);
  expect(none).toMatchObject({ invoice: null, classes: null, categories: 'Usage' });
});

test('rows with the number of a statement, or of a credit note, are in sum what it says is to be paid', async () => {
  await issue(acme, '2026-02-01T00:00:00Z');
  await issue(rival, '2026-02-01T00:00:00Z');
  // The machine had stopped in January already, at a time whose cost is no whole cent.
  await usage.end(machine, '2026-01-20T12:20:07Z');
  await usage.close('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z');
  const file = await focusFile(acme);
  const [statement] = await statementsOf(acme);
  const [unbilled, billed] = (await sumsByInvoice(file)).sort((a) => (a.invoice === null ? -1 : 1));
  expect(unbilled).toMatchObject({ invoice: null, classes: 'Correction' });
  expect(billed).toMatchObject({ invoice: statement?.number, classes: null });

  await issue(acme, '2026-03-01T00:00:00Z');
  const sums = await sumsByInvoice(await focusFile(acme));
  const issued = await statementsOf(acme);
  expect(issued.map(({ kind }) => kind)).toEqual(['STATEMENT', 'CREDIT_NOTE']);
  expect(sums).toEqual(
    issued.map(({ number, kind, total }) => ({
      invoice: number,
      total: `${total}${'0'.repeat(16)}`,
      classes: kind === 'CREDIT_NOTE' ? 'Correction' : null,
      categories: 'Adjustment,Credit,Tax,Usage',
    })),
  );
});

test('what was paid for in advance is a purchase of its length, and what was paid back one below zero', async () => {
  await server.db
    .insertInto('PrepaidTerm')
    .values({
      ...{ id: newId('PrepaidTerm'), accountId: acme.accountId, months: 12, currency: 'CNY' },
      ...{ virtualMachineId: newId('VirtualMachine'), virtualMachineName: 'web' },
      ...{ monthPrice: '51.10', discountPercent: '15', price: '521.22', refund: '434.35' },
      startsAt: new Date('2026-01-09T16:00:00Z'),
      endsAt: new Date('2026-03-09T16:00:00Z'),
      createdAt: new Date('2026-01-10T09:00:00Z'),
      endedAt: new Date('2026-02-20T09:00:00Z'),
    })
    .execute();
  const columns = `"BilledCost", "ListCost", "PricingQuantity", "ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart"`;
  const ofPurchases = async (more = {}) =>
    askDuckDb(`select ${columns} from ${await focusFile(acme, more)}
      where "ChargeCategory" = 'Purchase' and "InvoiceId" is null and "SkuPriceId" = 'PREPAID_MACHINE:12'`);
  expect(await ofPurchases()).toMatchObject([
    {
      BilledCost: '521.22',
      ListCost: '613.2',
      PricingQuantity: '12',
      BillingPeriodStart: '2026-01-01T00:00:00Z',
    },
    {
      BilledCost: '-434.35',
      ListCost: '-511',
      PricingQuantity: '-10',
      BillingPeriodStart: '2026-02-01T00:00:00Z',
    },
  ]);
  // In the file of the month in which it was paid.
  expect(await ofPurchases({ from: '2026-02-01T00:00:00Z' })).toMatchObject([{ BilledCost: '-434.35' }]);
});

test('a file of one usage type has use alone, and a key that reads no statements gets none', async () => {
  // Its statements keep the name that it had.
  await server.db.updateTable('Account').set({ name: 'another' }).where('id', '=', acme.accountId).execute();
  const rows = await askDuckDb(
    `select distinct "ChargeCategory", "BillingAccountName", "x_DomainName" from ${await focusFile(acme, { usageType: 1 })}`,
  );
  expect(rows).toEqual([{ ChargeCategory: 'Usage', BillingAccountName: 'acme', x_DomainName: 'region' }]);
  const { client } = await anApiKey(server, acme, [
    'usageExport.create',
    'ratedLine.list',
    'prepaidTerm.list',
  ]);
  await expect(focusFile({ ...acme, client })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
