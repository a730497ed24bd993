import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { usageSettingsFrom } from '@nephos/model/kernel/usage-settings.ts';
import { readBalances } from '@nephos/server/billing/balance/read-balances.ts';
import { issueStatement } from '@nephos/server/billing/statement/issue.ts';
import { createStatementIssuer } from '@nephos/server/billing/statement/statement-issuer.ts';
import { refreshLiveCosts } from '@nephos/usage/live/live-loop.ts';
import { roundMoney } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { BilledUsage, type BilledUse } from '../support/billed-usage.ts';
import { eventually } from '../support/eventually.ts';
import { followJob } from '../support/jobs.ts';
import { pdfText } from '../support/pdf-text.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { draftsOf, statementsOf, type Statement } from '../support/statement-queries.ts';
import { aDomain, anApiKey, aTenant, roleId, rootDomainId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let usage: BilledUsage;
let acme: Tenant;
let below: Tenant;
let rival: Tenant;
let regionAdmin: Tenant;
/** A machine of acme that ran all January, as far as was known in time. */
let machine: BilledUse;

beforeAll(async () => {
  server = await startTestServer();
  const region = await aDomain(server.db, 'region');
  acme = await aTenant(server, 'acme', { domainId: region });
  below = await aTenant(server, 'below', { domainId: await aDomain(server.db, 'branch', region) });
  rival = await aTenant(server, 'rival', { domainId: await aDomain(server.db, 'other') });
  regionAdmin = await aTenant(server, 'region-admin', { domainId: region, role: roleId('Domain Admin') });
  usage = new BilledUsage(server.db);
  await usage.setPrices();
  machine = await usage.begin(acme, '2026-01-01T00:00:00Z');
  await usage.begin(acme, '2026-01-10T07:00:00Z', { gib: 100 });
  await usage.begin(below, '2026-01-05T00:00:01Z');
  await usage.begin(rival, '2026-01-31T23:00:00Z');
  await usage.close('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
}, 60_000);

afterAll(() => server[Symbol.asyncDispose]());

async function finalize(month: string) {
  const { finalizeStatements } = await server.admin.ask<{ finalizeStatements: { job: { id: string } } }>(
    `mutation ($month: String!) { finalizeStatements(input: { month: $month }) { job { id } } }`,
    { month },
  );
  const job = await followJob(server.admin, finalizeStatements.job.id);
  expect(job).toMatchObject({ status: 'SUCCEEDED' });
}

const get = (authorization: string, path: string) =>
  fetch(`${server.url}${path}`, { headers: authorization === '' ? {} : { authorization } });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** Sums of rated lines, each price and zone rounded once, in yuan: what SQL says of a month. */
async function ratedUsage(accountId: string): Promise<string> {
  const { rows } = await sql<{ usage: string }>`
    select sum("amount")::numeric(20, 2)::text as "usage" from (
      select round(sum("amount") / 1e12 / "unitSize", 2) as "amount" from "RatedLine"
      where "accountId" = ${accountId} and "month" = '2026-01' group by "tariffVersionId", "zoneId", "unitSize") as line`.execute(
    server.db,
  );
  return rows[0]?.usage ?? '';
}

const entriesOf = (accountId: Id<'Account'>) =>
  server.db
    .selectFrom('LedgerEntry')
    .select(['kind', 'amount', 'month', 'note', 'referenceId'])
    .where('accountId', '=', accountId)
    .orderBy('id')
    .execute();

let issued: Statement;
/** Where the first draft was fetched from. */
let draftPath = '';

test('a draft can be fetched as a document, which says that it is one', async () => {
  const { statementDrafts } = await acme.client.ask<{
    statementDrafts: { documentPath: string; total: string }[];
  }>(`{ statementDrafts(month: "2026-01") { documentPath(format: PDF, language: EN) total } }`);
  const [draft] = statementDrafts;
  draftPath = draft?.documentPath ?? '';
  const response = await get(acme.client.authorization, draftPath);
  expect(response.headers.get('content-disposition')).toContain('"draft-2026-01-CNY.en.pdf"');
  const text = await pdfText(await bytesOf(response));
  for (const piece of ['Draft statement', draft?.total, 'acme']) expect(text).toContain(piece);
  expect(text.some((piece) => piece.startsWith('This is a draft.'))).toBe(true);
  const page = await (await get(server.admin.authorization, draftPath.replace('en.pdf', 'zh.html'))).text();
  expect(page).toContain('<p class="warning">本文件为草稿');
  const statusFor = async (authorization: string, path = draftPath) =>
    (await get(authorization, path)).status;
  expect(await statusFor(rival.client.authorization)).toBe(404);
  const { client: narrow } = await anApiKey(server, acme, ['usageRecord.list']);
  expect(await statusFor(narrow.authorization)).toBe(403);
  for (const other of ['2026-02.CNY', '2026-13.CNY', '2026-01.EUR', '2026-01.cny', '2026-01'])
    expect(await statusFor(acme.client.authorization, draftPath.replace('2026-01.CNY', other))).toBe(404);
});

test('a draft says what the statement will', async () => {
  const [draft] = await draftsOf(acme.client);
  expect(await draftsOf(server.admin, acme.accountId)).toEqual([draft]);
  await expect(draftsOf(rival.client, acme.accountId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await finalize('2026-01');
  const [statement, ...more] = await statementsOf(acme.client);
  expect(more).toEqual([]);
  if (statement === undefined) throw new Error('there is no statement');
  issued = statement;
  expect(draft).toEqual(
    expect.objectContaining({
      usage: issued.usage,
      discount: issued.discount,
      tax: issued.tax,
      total: issued.total,
      lines: issued.lines,
    }),
  );
  expect(await draftsOf(acme.client)).toEqual([]);
  expect((await get(acme.client.authorization, draftPath)).status).toBe(404);
});

test('lines are what was used, less the discount, with the tax', async () => {
  expect(issued.usage).toBe(await ratedUsage(acme.accountId));
  expect(issued.lines).toMatchObject([
    { kind: 'USAGE', label: 'machines', quantity: '744', price: '0.07', amount: '52.08' },
    { kind: 'USAGE', label: 'disks', quantity: '71.369863', price: null, amount: '19.50' },
    { kind: 'DISCOUNT', label: 'loyal', percent: '10', base: '52.08', amount: '-5.21' },
    { kind: 'TAX', label: 'VAT', percent: '6', base: '66.37', amount: '3.98' },
  ]);
  expect(issued).toMatchObject({ usage: '71.58', discount: '-5.21', tax: '3.98', total: '70.35' });
  expect(await entriesOf(acme.accountId)).toEqual([
    { kind: 'STATEMENT', amount: '-70.35', month: '2026-01', note: issued.number, referenceId: issued.id },
  ]);
});

test('numbers of a year have no gaps, and whoever asks again changes nothing', async () => {
  const year = new Date().getUTCFullYear();
  const numbers = async () => (await statementsOf(server.admin)).map(({ number }) => number).sort();
  const expected = [1, 2, 3].map((serial) => `${year}-00000${serial}`);
  expect(await numbers()).toEqual(expected);
  await finalize('2026-01');
  expect(await numbers()).toEqual(expected);
});

test('what was issued cannot be changed, whoever tries', async () => {
  const refused = /never changed|no line is added/;
  await expect(sql`update "Statement" set "total" = 0, "usage" = 0`.execute(server.db)).rejects.toThrow();
  await expect(sql`delete from "StatementLine"`.execute(server.db)).rejects.toThrow();
  await expect(
    server.db
      .insertInto('StatementLine')
      .values({ statementId: issued.id, position: 99, kind: 'USAGE', label: 'more', amount: '1' })
      .execute(),
  ).rejects.toThrow(refused);
});

test.each([
  ['en', ['Statement', 'Running machine', 'Discount: loyal, 10%', 'Total (CNY)']],
  ['zh', ['账单', '运行的虚拟机', '折扣：loyal，10%', '总计 (CNY)']],
])('totals parsed back from the PDF in %s are those of SQL', async (language, titles) => {
  const path = issued.documentPath.replace('.en.', `.${language}.`);
  const response = await get(acme.client.authorization, path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const bytes = await bytesOf(response);
  expect((await bytesOf(await get(server.admin.authorization, path))).equals(bytes)).toBe(true);
  const text = await pdfText(bytes);
  const joined = text.join(' ');
  for (const title of [...titles, issued.number, 'acme', '/region', '2026-01'])
    expect(joined).toContain(title);
  const total = text[text.findIndex((piece) => piece.startsWith(titles.at(-1) ?? '')) + 1];
  const { rows } = await sql<{ total: string; lines: string }>`
    select s."total"::text, (select sum("amount")::text from "StatementLine" where "statementId" = s."id") as "lines"
    from "Statement" s where s."id" = ${issued.id}`.execute(server.db);
  expect(rows).toEqual([{ total, lines: total }]);
  const amounts = text.filter((piece) => /^-?[\d,]+\.\d\d$/.test(piece));
  for (const { amount } of issued.lines) expect(amounts).toContain(amount);
});

test('a page in HTML shows the same, and what people wrote does nothing in it', async () => {
  const setting = 'R&D "Cloud"';
  await server.admin.ask(
    `mutation ($value: String!) { updateSetting(input: { key: "billing.issuer.address", value: $value }) { setting { key } } }`,
    { value: setting },
  );
  const path = issued.documentPath.replace('.en.pdf', '.zh.html');
  const page = await (await get(acme.client.authorization, path)).text();
  expect(page).toContain('<html lang="zh-CN">');
  expect(page).toContain('<td class="number">70.35</td>');
  // What was issued keeps what it showed then.
  expect(page).not.toContain('R&amp;D');
});

test('a statement is its account’s, and its administrators’', async () => {
  const path = issued.documentPath;
  const statusFor = async (authorization: string) => (await get(authorization, path)).status;
  expect(await statusFor(regionAdmin.client.authorization)).toBe(200);
  expect(await statusFor(rival.client.authorization)).toBe(404);
  expect(await statusFor(below.client.authorization)).toBe(404);
  expect(await statusFor('')).toBe(401);
  const { client: narrow } = await anApiKey(server, acme, ['usageRecord.list']);
  expect(await statusFor(narrow.authorization)).toBe(404);
  expect((await get(acme.client.authorization, `${path}x`)).status).toBe(404);
  expect((await statementsOf(rival.client)).map(({ accountId }) => accountId)).toEqual([rival.accountId]);
  await expect(
    acme.client.ask(`mutation { finalizeStatements(input: { month: "2026-01" }) { job { id } } }`),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

interface DomainSum {
  domainPath: string;
  currency: string;
  accountCount: number;
  total: string;
}

async function sumsFor(client: ApiClient): Promise<DomainSum[]> {
  const { domainStatementSums } = await client.ask<{ domainStatementSums: DomainSum[] }>(
    '{ domainStatementSums(month: "2026-01") { domainPath currency accountCount total } }',
  );
  return domainStatementSums;
}

test('a domain’s sum is that of its accounts, and of those below', async () => {
  const totals = new Map(
    (await statementsOf(server.admin)).map(({ accountId, total }) => [accountId, total]),
  );
  const [ofAcme, ofBelow, ofRival] = [acme, below, rival].map(({ accountId }) => totals.get(accountId));
  const add = (...amounts: (string | undefined)[]) =>
    amounts.reduce((sum, each) => sum + Number(each), 0).toFixed(2);
  const sum = (domainPath: string, accountCount: number, total: string | undefined) => ({
    ...{ domainPath, currency: 'CNY', accountCount, total },
  });
  const region = [sum('/region', 2, add(ofAcme, ofBelow)), sum('/region/branch', 1, ofBelow)];
  expect(await sumsFor(regionAdmin.client)).toEqual(region);
  expect(await sumsFor(server.admin)).toEqual([
    sum('/', 3, add(ofAcme, ofBelow, ofRival)),
    sum('/other', 1, ofRival),
    ...region,
  ]);
});

test('a month is billed when it is over and summed up, not before', async () => {
  const ask = (month: string) =>
    server.admin.ask(
      `mutation ($month: String!) { finalizeStatements(input: { month: $month }) { job { id } } }`,
      { month },
    );
  await expect(ask('2026-02')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  await expect(ask('2026-13')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});

test('what comes late is credited with the next run, by what it makes of the month', async () => {
  // The machine had stopped in January already, and had another disk.
  await usage.end(machine, '2026-01-20T12:00:00Z');
  await usage.begin(acme, '2026-01-31T12:00:00Z', { gib: 1000 });
  await usage.close('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z');
  await finalize('2026-02');
  const [, note] = await statementsOf(acme.client);
  const [statement] = await statementsOf(acme.client);
  expect(statement).toMatchObject({ id: issued.id, total: issued.total, lines: issued.lines });
  if (note === undefined) throw new Error('there is no credit note');
  expect(statement?.creditNotes).toEqual([{ number: note.number, total: note.total }]);
  expect(note).toMatchObject({
    kind: 'CREDIT_NOTE',
    number: `CN-${new Date().getUTCFullYear()}-000001`,
  });
  expect(note.lines.find(({ label }) => label === 'machines')).toMatchObject({
    quantity: '-276',
    amount: '-19.32',
  });
  const both = (of: 'usage' | 'total') => (Number(issued[of]) + Number(note[of])).toFixed(2);
  expect(both('usage')).toBe(await ratedUsage(acme.accountId));
  const { rows } = await sql<{ total: string; settled: string }>`
    select (select sum("total") from "Statement" where "accountId" = ${acme.accountId})::text as "total",
      (select -"settled" from "Balance" where "accountId" = ${acme.accountId})::text as "settled"`.execute(
    server.db,
  );
  expect(rows[0]?.total).toBe(rows[0]?.settled);
  // Nothing came since.
  await finalize('2026-02');
  expect(await statementsOf(acme.client)).toHaveLength(2);
  const page = await get(acme.client.authorization, note.documentPath.replace('.pdf', '.html'));
  expect(await page.text()).toContain('<p>R&amp;D &quot;Cloud&quot;</p>');
  const text = await pdfText(await bytesOf(await get(acme.client.authorization, note.documentPath)));
  expect(text.join(' ')).toContain(`Corrects statement ${issued.number}`);
});

/** Whose account is deleted before it is billed. */
let leaver: Tenant;

test('of many that are issued at once, and some that fail after they took a number, none leaves a gap', async () => {
  const { mutations, settings } = server.application.platform;
  const tenants = await Promise.all(
    Array.from({ length: 12 }, (_, index) => aTenant(server, `crowd-${index}`)),
  );
  leaver = await aTenant(server, 'leaver', { domainId: await aDomain(server.db, 'leaving') });
  for (const tenant of [...tenants, leaver]) await usage.begin(tenant, '2026-03-01T00:00:00Z');
  await usage.close('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z');
  const ratedUntil = new Date('2026-04-01T00:00:00Z');
  const issue = ({ accountId }: Tenant, fails: boolean) =>
    mutations.run({ action: 'statement.finalize', actor: null, input: {} }, async (mutation) => {
      await issueStatement(mutation, settings, { accountId, month: '2026-03', currency: 'CNY', ratedUntil });
      if (fails) throw new Error('died');
      return {};
    });
  const outcomes = await Promise.allSettled(
    // Each twice at once; every third dies in between as well.
    tenants.flatMap((tenant, index) => [
      issue(tenant, index % 3 === 0),
      issue(tenant, false),
      issue(tenant, false),
    ]),
  );
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  const rows = await server.db
    .selectFrom('Statement')
    .select(['year', 'serial'])
    .where('kind', '=', 'STATEMENT')
    .orderBy('serial')
    .execute();
  expect(rows.map(({ serial }: Pick<Row<'Statement'>, 'serial'>) => serial)).toEqual(
    rows.map((_, index) => index + 1),
  );
  const ofCrowd = (await statementsOf(server.admin, '2026-03')).filter(({ accountId }) =>
    tenants.some((tenant) => tenant.accountId === accountId),
  );
  expect(ofCrowd).toHaveLength(12);
});

test('when its grace is over a month is billed by itself, once', async () => {
  const { deleteAccount } = await server.admin.ask<{ deleteAccount: { job: { id: string } } }>(
    'mutation ($id: ID!) { deleteAccount(input: { id: $id }) { job { id } } }',
    { id: leaver.accountId },
  );
  await followJob(server.admin, deleteAccount.job.id);
  await server.db.deleteFrom('Domain').where('id', '=', leaver.domainId).execute();
  const { platform, services } = server.application;
  const issuers = [1, 2].map(() => createStatementIssuer(platform, services.statements));
  for (const issuer of issuers) {
    issuer.start();
    issuer.lookSoon();
  }
  const months = await eventually(
    () => server.db.selectFrom('StatementMonth').select('month').orderBy('month').execute(),
    (rows) => rows.length === 3,
  );
  expect(months.map(({ month }) => month)).toEqual(['2026-01', '2026-02', '2026-03']);
  await Promise.all(issuers.map((issuer) => issuer.stop()));
  const jobs = await server.db
    .selectFrom('Job')
    .select('status')
    .where('kind', '=', 'statement.finalize')
    .where('actorName', '=', 'system')
    .execute();
  expect(jobs).toEqual([{ status: 'SUCCEEDED' }]);
  expect(await statementsOf(rival.client, '2026-03')).toHaveLength(1);
  // An account that is gone is billed by the name that it had, where it was.
  const { parties, adjustments } = await server.db
    .selectFrom('Statement')
    .select(['parties', 'adjustments'])
    .where('accountId', '=', leaver.accountId)
    .executeTakeFirstOrThrow();
  expect(parties.customer).toEqual({ account: 'leaver', domain: '/leaving' });
  expect(adjustments.lineage).toEqual([await rootDomainId(server.db), leaver.domainId]);
});

test('a draft of the month that goes on has what was used since the last period ended', async () => {
  const { db, log } = server.application.platform;
  const now = new Date('2026-04-02T00:00:00Z');
  await refreshLiveCosts({ db, log }, usageSettingsFrom(new Map()), now);
  expect(await draftsOf(rival.client, undefined, '2026-04')).toMatchObject([
    {
      lines: [
        { kind: 'USAGE', label: '', usageType: 1, quantity: null, price: null, amount: '1.68' },
        { kind: 'DISCOUNT', amount: '-0.17' },
        { kind: 'TAX', amount: '0.09' },
      ],
      total: '1.60',
    },
  ]);
  // What a statement has counts there, and no more.
  const { rows } = await sql<{ month: string }>`
    select distinct "month" from "LiveCost" where "accountId" = ${rival.accountId} order by 1`.execute(db);
  expect(rows.map(({ month }) => month)).toEqual(['2026-01', '2026-02', '2026-03', '2026-04']);
  const balances = await db
    .selectFrom('Balance')
    .selectAll()
    .where('accountId', '=', rival.accountId)
    .execute();
  const [balance] = (await readBalances(db, balances)).values();
  expect(roundMoney(balance!.used, 2)).toBe('1.68');
});
