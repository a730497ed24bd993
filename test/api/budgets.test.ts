import { newId } from '@nephos/model/kernel/ids.ts';
import { checkBudgets } from '@nephos/server/billing/budget/budget-watch.ts';
import { foldCostDays } from '@nephos/server/billing/cost/cost-days.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { rateDays, setLiveCosts } from '../support/costs.ts';
import { refusalOf } from '../support/refusals.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let tenant: Tenant;
let ruler: Tenant;
let sibling: Tenant;
const clock = new ShiftedClock();
/** Noon of the 16th of the month that comes: half of it is over, whatever day the tests run. */
const now = new Date(clock.now());
const noon = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 16, 12));
clock.pass((noon.getTime() - Date.now()) / 1000);
const month = noon.toISOString().slice(0, 7);
const zoneId = newId('Zone');

beforeAll(async () => {
  server = await startTestServer({ clock });
  await server.db
    .insertInto('Setting')
    .values({ scopeId: '', key: 'budget.check.interval', value: '3600' })
    .execute();
  const domainId = await aDomain(server.db, 'shop');
  ruler = await aTenant(server, 'ruler', { domainId, role: roleId('Domain Admin') });
  tenant = await aTenant(server, 'tenant', { domainId });
  sibling = await aTenant(server, 'sibling', { domainId });
  await server.db
    .updateTable('User')
    .set({ email: 'tenant@shop.test' })
    .where('id', '=', tenant.userId)
    .execute();
}, 60_000);

afterAll(() => server[Symbol.asyncDispose]());

const fields = `id name amount currency actualPercents forecastPercents version
  progress { month amount perHour forecast percent forecastPercent alerts { measure percent amount } }`;
const createMutation = `mutation ($input: CreateBudgetInput!) { createBudget(input: $input) { budget { ${fields} } } }`;
const updateMutation = `mutation ($input: UpdateBudgetInput!) { updateBudget(input: $input) { budget { ${fields} } } }`;

interface ShownBudget {
  id: string;
  version: number;
  progress: {
    amount: string;
    perHour: string | null;
    forecast: string;
    percent: number;
    forecastPercent: number;
    alerts: { measure: string; percent: number; amount: string }[];
  } | null;
}

async function create(client: ApiClient, input: Record<string, unknown>): Promise<ShownBudget> {
  const { createBudget } = await client.ask<{ createBudget: { budget: ShownBudget } }>(createMutation, {
    input: { currency: 'CNY', ...input },
  });
  return createBudget.budget;
}

async function budgetsOf(client: ApiClient): Promise<ShownBudget[]> {
  const { budgets } = await client.ask<{ budgets: { nodes: ShownBudget[] } }>(
    `{ budgets(orderBy: { field: NAME }) { nodes { ${fields} } } }`,
  );
  return budgets.nodes;
}

const check = () => checkBudgets(server.application.platform);
const noticesOf = async ({ accountId }: Tenant) =>
  (
    await server.db
      .selectFrom('Notice')
      .select(['recipient', 'facts'])
      .where('accountId', '=', accountId)
      .execute()
  ).map(({ recipient, facts }) => ({
    recipient,
    percent: facts.percent,
    isForecast: facts.isForecast,
  }));

test('a budget is spent, is told of once a month and threshold, and begins anew with another amount', async () => {
  // 0.5 an hour: 186 in the 15.5 days that are over, and 15 to 15.5 days more.
  await setLiveCosts(server.db, { month, asOf: clock.now() }, [
    { accountId: tenant.accountId, zoneId, usageType: 1, amount: '186', perHour: '0.5' },
  ]);
  const budget = await create(tenant.client, { name: 'machines', amount: '360.00' });
  expect(budget).toMatchObject({ actualPercents: [50, 80, 100], forecastPercents: [100] });
  const hoursLeft = (Date.UTC(noon.getUTCFullYear(), noon.getUTCMonth() + 1, 1) - noon.getTime()) / 3_600_000;
  const { progress } = budget;
  expect(progress).toMatchObject({ amount: '186.000000', perHour: '0.500000', percent: 51, alerts: [] });
  expect(Number(progress?.forecast)).toBeCloseTo(186 + hoursLeft * 0.5, 0);
  await Promise.all([check(), check(), check()]);
  await check();
  const [told] = await budgetsOf(tenant.client);
  expect(told?.progress?.alerts).toEqual([
    { measure: 'ACTUAL', percent: 50, amount: '186.00' },
    ...(Number(progress?.forecast) >= 360
      ? [{ measure: 'FORECAST', percent: 100, amount: expect.any(String) as string }]
      : []),
  ]);
  const before = await noticesOf(tenant);
  expect(before.filter(({ isForecast }) => isForecast === 'false')).toEqual([
    { recipient: 'tenant@shop.test', percent: '50', isForecast: 'false' },
  ]);
  // All three at once: one mail says it.
  await tenant.client.ask(updateMutation, {
    input: { id: budget.id, amount: '100', expectedVersion: told?.version },
  });
  await check();
  const [afterwards] = await budgetsOf(tenant.client);
  expect(afterwards?.progress?.alerts.map(({ measure, percent }) => `${measure} ${percent}`)).toEqual([
    'ACTUAL 50',
    'ACTUAL 80',
    'ACTUAL 100',
    'FORECAST 100',
  ]);
  expect((await noticesOf(tenant)).length - before.length).toBe(2);
  expect(
    await refusalOf(tenant.client, updateMutation, {
      input: { id: budget.id, amount: '5', expectedVersion: told?.version },
    }),
  ).toMatchObject({ code: 'VERSION_CONFLICT' });
});

test('a domain’s budget counts all its accounts, and only administrators have one', async () => {
  const { domainId } = ruler;
  await setLiveCosts(server.db, { month, asOf: clock.now() }, [
    { accountId: tenant.accountId, zoneId, usageType: 1, amount: '186', perHour: '0.5' },
    { accountId: sibling.accountId, zoneId, usageType: 6, amount: '14', perHour: '0' },
  ]);
  const whole = await create(ruler.client, { name: 'whole', amount: '1000', domainId });
  expect(whole.progress).toMatchObject({ amount: '200.000000', percent: 20 });
  expect(
    await refusalOf(tenant.client, createMutation, {
      input: { name: 'all', amount: '1', currency: 'CNY', domainId },
    }),
  ).toMatchObject({ code: 'FORBIDDEN' });
  // Whoever is no administrator any more learns nothing of others.
  await server.db
    .updateTable('Account')
    .set({ roleId: roleId('User') })
    .where('id', '=', ruler.accountId)
    .execute();
  const {
    budgets: {
      nodes: [kept],
    },
  } = await server.admin.ask<{ budgets: { nodes: ShownBudget[] } }>(
    `query ($id: ID) { budgets(accountId: $id) { nodes { ${fields} } } }`,
    { id: ruler.accountId },
  );
  expect(kept).toMatchObject({ id: whole.id, progress: null });
});

test('a tag’s budget counts rated lines of things with the tag', async () => {
  await rateDays(server.db, { ...sibling, zoneId, until: clock.now() }, [
    { day: `${month}-14`, amount: '10', tags: { app: 'web' } },
    { day: `${month}-15`, amount: '20', tags: { app: 'db' } },
    { day: `${month}-15`, amount: '40', tags: {} },
  ]);
  await foldCostDays(server.db, 'UTC');
  const web = await create(sibling.client, { name: 'web', amount: '100', tagKey: 'app', tagValue: 'web' });
  expect(web.progress).toMatchObject({ amount: '10.000000', perHour: null, percent: 10 });
  const any = await create(sibling.client, { name: 'any', amount: '100', tagKey: 'app' });
  expect(any.progress).toMatchObject({ amount: '30.000000', percent: 30 });
});

test.each([
  ['input.amount', { amount: '0' }],
  ['input.amount', { amount: '1.001' }],
  ['input.currency', { currency: 'GOLD' }],
  ['input.tagValue', { tagValue: 'red' }],
  ['input.actualPercents', { actualPercents: [50, 50] }],
  ['input.forecastPercents', { forecastPercents: [0] }],
  ['input.name', { name: 'web' }],
])('%s is refused', async (path, more) => {
  const input = { name: 'wrong', amount: '10', currency: 'CNY', ...more };
  expect(await refusalOf(sibling.client, createMutation, { input })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path,
  });
});

test('costs are divided, with the day before and what goes on', async () => {
  interface Overview {
    costOverview: { month: string; currencies: { amount: string; perHour: string; lastMonth: string }[] };
    costShares: {
      key: string;
      name: string | null;
      amount: string;
      days: { day: string; amount: string }[];
    }[];
  }
  const { costOverview, costShares } = await sibling.client.ask<Overview>(
    `{ costOverview { month currencies { amount perHour lastMonth } }
       costShares(by: TAG, tagKey: "app") { key name amount days { day amount } } }`,
  );
  expect(costOverview).toMatchObject({ month, currencies: [{ amount: '14.000000', perHour: '0.000000' }] });
  expect(costShares.map(({ key, amount }) => [key, amount])).toEqual([
    [null, '40.000000'],
    ['db', '20.000000'],
    ['web', '10.000000'],
  ]);
  const { costShares: all } = await server.admin.ask<Overview>(
    `{ costShares(by: ACCOUNT, first: 1) { key name isRest amount perHour days { day amount } } }`,
  );
  expect(all).toMatchObject([
    { key: tenant.accountId, name: 'tenant', amount: '186.000000' },
    { key: null, name: null, isRest: true, amount: '14.000000' },
  ]);
  expect(all[1]?.days).toEqual([
    { day: `${month}-14`, amount: '10.000000' },
    { day: `${month}-15`, amount: '60.000000' },
  ]);
  const { rows } = await sql<{
    sum: string;
  }>`select sum("amount" / "unitSize")::text as "sum" from "CostDay"`.execute(server.db);
  expect(Number(rows[0]?.sum)).toBe(70 * 10 ** 12);
});
