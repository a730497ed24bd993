import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { readAdjustments } from '@nephos/server/billing/adjustment/store.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let near: Tenant;
let far: Tenant;
let domainId: Id<'Domain'>;

beforeAll(async () => {
  server = await startTestServer();
  domainId = await aDomain(server.db, 'near');
  near = await aTenant(server, 'near', { domainId });
  far = await aTenant(server, 'far');
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

const shown = 'priceAdjustment { id name version percent label usageTypes validFrom validUntil }';
const createMutation = `mutation ($input: CreatePriceAdjustmentInput!) { createPriceAdjustment(input: $input) { ${shown} } }`;
const updateMutation = `mutation ($input: UpdatePriceAdjustmentInput!) { updatePriceAdjustment(input: $input) { ${shown} } }`;

interface Shown {
  id: Id<'PriceAdjustment'>;
  version: number;
}

const month = new Date().toISOString().slice(0, 7);
const monthsOn = (months: number) => {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months)).toISOString().slice(0, 7);
};
const plan = (name: string, more: Record<string, unknown> = {}) => ({
  ...{ name, kind: 'TAX', label: 'VAT', percent: '6.50' },
  ...more,
});

async function make(name: string, more: Record<string, unknown> = {}): Promise<Shown> {
  const { createPriceAdjustment } = await server.admin.ask<{
    createPriceAdjustment: { priceAdjustment: Shown };
  }>(createMutation, { input: plan(name, more) });
  return createPriceAdjustment.priceAdjustment;
}

test('a tax is valid from a month on until it ends, and its percentage never changes', async () => {
  const made = await make('VAT', { usageTypes: [1, 6] });
  expect(made).toMatchObject({ percent: '6.5', usageTypes: [1, 6], validFrom: month, validUntil: null });
  const input = { id: made.id, validUntil: monthsOn(2), expectedVersion: made.version };
  await server.admin.ask(updateMutation, { input });
  expect(await refusalOf(server.admin, updateMutation, { input })).toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  const namesIn = async (each: string) =>
    (await readAdjustments(server.db, each)).map(({ label, percent }) => `${label} ${percent}`);
  expect(await namesIn(monthsOn(-1))).toEqual([]);
  expect(await namesIn(monthsOn(1))).toEqual(['VAT 6.5000']);
  expect(await namesIn(monthsOn(2))).toEqual([]);
  await expect(
    server.db.updateTable('PriceAdjustment').set({ percent: '7' }).where('id', '=', made.id).execute(),
  ).rejects.toThrow('never changed');
  await server.db
    .updateTable('PriceAdjustment')
    .set({ validUntil: month })
    .where('id', '=', made.id)
    .execute();
  expect(
    await refusalOf(server.admin, updateMutation, { input: { id: made.id, validUntil: null } }),
  ).toMatchObject({ code: 'INVALID_STATE' });
});

test.each([
  ['input.percent', { percent: '-1' }],
  ['input.percent', { percent: '1.23456' }],
  ['input.percent', { kind: 'DISCOUNT', percent: '100.5' }],
  ['input.usageTypes.1', { usageTypes: [1, 99] }],
  ['input.validFrom', { validFrom: monthsOn(-1) }],
  ['input.validFrom', { validFrom: '2999-13' }],
  ['input.validUntil', { validFrom: monthsOn(3), validUntil: monthsOn(2) }],
  ['input.name', { name: 'taken' }],
])('%s is refused', async (path, more) => {
  if (path === 'input.name') await make('taken');
  const refusal = await refusalOf(server.admin, createMutation, { input: plan('no', more) });
  expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path });
});

test('one is for an account or for a domain, and whoever pays it sees it', async () => {
  expect(
    await refusalOf(server.admin, createMutation, {
      input: plan('no', { accountId: near.accountId, domainId }),
    }),
  ).toMatchObject({ path: 'input.domainId' });
  expect(
    await refusalOf(server.admin, createMutation, { input: plan('no', { accountId: newId('Account') }) }),
  ).toMatchObject({ code: 'NOT_FOUND' });
  await make('of near', { kind: 'DISCOUNT', domainId });
  await make('of far', { kind: 'DISCOUNT', accountId: far.accountId });
  const namesFor = async ({ client }: Tenant) => {
    const { priceAdjustments } = await client.ask<{ priceAdjustments: { nodes: { name: string }[] } }>(
      `{ priceAdjustments(filter: { kind: DISCOUNT, validIn: "${month}" }) { nodes { name } } }`,
    );
    return priceAdjustments.nodes.map(({ name }) => name);
  };
  expect(await namesFor(near)).toEqual(['of near']);
  expect(await namesFor(far)).toEqual(['of far']);
  expect(await refusalOf(near.client, createMutation, { input: plan('mine') })).toMatchObject({
    code: 'FORBIDDEN',
  });
});
