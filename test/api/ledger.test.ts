import { postEntry } from '@nephos/server/billing/ledger/post-entry.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let tenant: Tenant;
let other: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  tenant = await aTenant(server, 'payer');
  other = await aTenant(server, 'other');
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

const grantMutation = `mutation ($input: GrantCreditInput!) { grantCredit(input: $input) {
  entry { id amount currency kind note actorName referenceId } } }`;

interface Granted {
  grantCredit: { entry: { id: string; amount: string; referenceId: string; actorName: string } };
}

const grant = (amount: string, more: Record<string, unknown> = {}) =>
  server.admin.ask<Granted>(grantMutation, {
    input: { accountId: tenant.accountId, amount, currency: 'CNY', note: 'paid', ...more },
  });

async function balanceOf({ client }: Tenant, currency: string): Promise<{ amount: string } | undefined> {
  const { balances } = await client.ask<{ balances: { nodes: { amount: string; currency: string }[] } }>(
    '{ balances { nodes { id currency amount settled used perHour asOf emptyAt arrears { stage } } } }',
  );
  return balances.nodes.find((each) => each.currency === currency);
}

test('credits that are granted at once all count, and a key is granted once', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => grant(`${index + 1}.01`)));
  expect((await balanceOf(tenant, 'CNY'))?.amount).toBe('210.200000');
  const once = await Promise.all([1, 2, 3].map(() => grant('5', { idempotencyKey: 'a-payment' })));
  expect(new Set(once.map(({ grantCredit }) => grantCredit.entry.id)).size).toBe(1);
  const [entry] = once.map(({ grantCredit }) => grantCredit.entry);
  expect(entry).toMatchObject({ amount: '5', actorName: 'admin', referenceId: entry?.id });
  expect((await balanceOf(tenant, 'CNY'))?.amount).toBe('215.200000');
});

test('the sum of entries is the balance, whatever is posted, in whatever order, and however often', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          cents: fc.integer({ min: -100_000, max: 100_000 }).filter((cents) => cents !== 0),
          reference: fc.integer({ min: 0, max: 5 }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      async (postings) => {
        const accountId = newId('Account');
        const references = Array.from({ length: 6 }, () => newId('Job'));
        await Promise.all(
          postings.map(({ cents, reference }) =>
            server.db.transaction().execute((tx) =>
              postEntry(tx, {
                ...{ accountId, currency: 'EUR', amount: (cents / 100).toFixed(2), kind: 'STATEMENT' },
                ...{ referenceId: references[reference] ?? null, actor: null, at: new Date() },
              }),
            ),
          ),
        );
        const entries = await server.db
          .selectFrom('LedgerEntry')
          .select('amount')
          .where('accountId', '=', accountId)
          .execute();
        const { settled } = await server.db
          .selectFrom('Balance')
          .select('settled')
          .where('accountId', '=', accountId)
          .executeTakeFirstOrThrow();
        expect(entries).toHaveLength(new Set(postings.map(({ reference }) => reference)).size);
        const cents = entries.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
        expect(Math.round(Number(settled) * 100)).toBe(cents);
      },
    ),
    { numRuns: 15 },
  );
});

test('entries are never changed', async () => {
  await grant('1', { currency: 'USD' });
  const change = server.db.updateTable('LedgerEntry').set({ amount: '2' }).execute();
  await expect(change).rejects.toThrow('never changed');
  await expect(server.db.deleteFrom('LedgerEntry').execute()).rejects.toThrow('never changed');
});

test('what cannot be paid is refused, with its field, value and rule', async () => {
  const refused = (more: Record<string, unknown>) =>
    refusalOf(server.admin, grantMutation, {
      input: { accountId: tenant.accountId, amount: '1', currency: 'CNY', ...more },
    });
  const refusal = await refused({ amount: '0.001' });
  expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.amount' });
  expect(refusal.message).toContain('input.amount is "0.001"');
  expect((await refused({ currency: 'XXQ' })).path).toBe('input.currency');
});

test('tenants see their own balance and entries, and grant nothing', async () => {
  expect(await balanceOf(other, 'CNY')).toBeUndefined();
  const { ledgerEntries } = await tenant.client.ask<{ ledgerEntries: { totalCount: number } }>(
    '{ ledgerEntries(filter: { kind: [CREDIT], currency: "CNY" }) { totalCount } }',
  );
  expect(ledgerEntries.totalCount).toBe(21);
  const input = { accountId: tenant.accountId, amount: '1', currency: 'CNY' };
  const refusal = await refusalOf(tenant.client, grantMutation, { input });
  expect(refusal.code).toBe('FORBIDDEN');
});
