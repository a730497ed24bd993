import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { aUsageHistory, type UsageHistory } from '../support/usage-history.ts';

let server: TestServer;
let history: UsageHistory;
let acme: Tenant;
let rival: Tenant;
let regionAdmin: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  const region = await aDomain(server.db, 'region');
  acme = await aTenant(server, 'acme', { domainId: region });
  rival = await aTenant(server, 'rival');
  regionAdmin = await aTenant(server, 'region-admin', { domainId: region, role: roleId('Domain Admin') });
  history = await aUsageHistory(server.db, {
    accounts: [acme.accountId, rival.accountId],
    days: 3,
    each: 4,
  });
});

afterAll(() => server[Symbol.asyncDispose]());

interface Sum {
  usageType: number;
  resourceId: string | null;
  day: string | null;
  tagValue: string | null;
  accountId: string | null;
  account: { name: string } | null;
  isRest: boolean;
  resourceCount: number;
  quantity: string;
  cpuQuantity: string | null;
  memoryQuantity: string | null;
  sizeQuantity: string | null;
}

async function sums(client: ApiClient, more: Record<string, unknown> = {}): Promise<Sum[]> {
  const { usageSums } = await client.ask<{ usageSums: Sum[] }>(
    `query ($from: DateTime!, $until: DateTime!, $groupBy: [UsageGrouping!]!, $tagKey: String, $accountId: ID, $first: Int, $usageType: Int) {
      usageSums(from: $from, until: $until, groupBy: $groupBy, tagKey: $tagKey, accountId: $accountId, first: $first, usageType: $usageType) {
        usageType resourceId day tagValue accountId account { name } isRest resourceCount quantity cpuQuantity memoryQuantity sizeQuantity } }`,
    { from: history.from, until: history.until, groupBy: [], ...more },
  );
  return usageSums;
}

/** The exact sum of what an account used, as SQL has it. */
async function exactly(db: Database, accountId: Id<'Account'>): Promise<string> {
  const { rows } = await sql<{ sum: string }>`
    select sum("quantity")::text as "sum" from "UsageRecord" where "accountId" = ${accountId}`.execute(db);
  return rows[0]?.sum ?? '';
}

const added = (all: readonly Sum[]) =>
  all.reduce((sum, { quantity }) => sum + BigInt(quantity), 0n).toString();

test('everybody sums up what they see, to the millisecond', async () => {
  const [own] = await sums(acme.client);
  const quantity = await exactly(server.db, acme.accountId);
  expect(own).toMatchObject({ usageType: 1, quantity, resourceCount: 4, isRest: false });
  expect(own).toMatchObject({
    cpuQuantity: (BigInt(quantity) * 2n).toString(),
    memoryQuantity: (BigInt(quantity) * 4n * 1024n ** 3n).toString(),
    sizeQuantity: null,
  });
  expect(added(await sums(regionAdmin.client))).toBe(quantity);
  const everybodys = BigInt(quantity) + BigInt(await exactly(server.db, rival.accountId));
  expect(added(await sums(server.admin))).toBe(everybodys.toString());
});

test('groups add up to the whole, and a correction counts on the day that it corrects', async () => {
  const whole = added(await sums(server.admin));
  for (const groupBy of [['DAY'], ['RESOURCE'], ['ZONE'], ['ACCOUNT', 'DAY']])
    expect(added(await sums(server.admin, { groupBy }))).toBe(whole);
  const days = await sums(acme.client, { groupBy: ['DAY'] });
  expect(days.map(({ day }) => day)).toEqual(['2026-11-01', '2026-11-02', '2026-11-03']);
  const [first, second] = days.map(({ quantity }) => Number(quantity));
  expect((second ?? 0) - (first ?? 0)).toBe(4 * 1000);
  expect(added(await sums(acme.client, { from: '2026-11-02T00:00:00Z', groupBy: ['DAY'] }))).toBe(
    added(days.slice(1)),
  );
});

test('by tag, as things had it when they were used', async () => {
  const found = await sums(acme.client, { groupBy: ['TAG'], tagKey: 'team' });
  expect(found.map(({ tagValue }) => tagValue)).toEqual(['web']);
  expect((await sums(acme.client, { groupBy: ['TAG'], tagKey: 'nothing' }))[0]?.tagValue).toBeNull();
});

test('the first groups by their names, and the rest as one', async () => {
  const found = await sums(acme.client, { groupBy: ['RESOURCE', 'DAY'], first: 1 });
  expect(found).toHaveLength(6);
  expect(new Set(found.filter(({ isRest }) => !isRest).map(({ resourceId }) => resourceId)).size).toBe(1);
  expect(found.filter(({ isRest }) => isRest).every(({ resourceId }) => resourceId === null)).toBe(true);
  expect(added(found)).toBe(added(await sums(acme.client)));
});

test('accounts have names', async () => {
  const found = await sums(server.admin, { groupBy: ['ACCOUNT'] });
  expect(found.map(({ account }) => account?.name).sort()).toEqual(['acme', 'rival']);
});

test('nobody sums up another’s account; what cannot be asked is refused', async () => {
  await expect(sums(acme.client, { accountId: rival.accountId })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  for (const bad of [{ until: history.from }, { groupBy: ['TAG'] }, { first: 0 }, { tagKey: 'team' }])
    await expect(sums(acme.client, bad)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});
