import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { holdPeriods, termEnd, termStart } from '@nephos/server/billing/prepaid/term-dates.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let tenant: Tenant;
let machineId: Id<'VirtualMachine'>;

const dayMs = 86_400_000;
const clock = new ShiftedClock();

beforeAll(async () => {
  server = await startTestServer({ clock });
  zone = await createTestZone(server, { hosts: 1 });
  tenant = await aTenant(server, 'tenant');
  const { machine } = await deploy(tenant.client, {
    name: 'web',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin, 'medium'),
    templateId: await registerTemplate(server.admin, zone.zoneId, 1024n ** 3n),
  });
  machineId = machine.id as Id<'VirtualMachine'>;
  await eventually(
    () => server.db.selectFrom('UsageEventPending').select('id').execute(),
    (waiting) => waiting.length === 0,
  );
  for (const [name, usageType, unit, amount] of [
    ['processors', 1, 'CPU_MONTH', '50'],
    ['kept', 2, 'MONTH', '5.555'],
    ['disks', 6, 'GIB_MONTH', '1'],
  ] as const) {
    await server.admin.ask(
      'mutation ($input: CreateTariffInput!) { createTariff(input: $input) { tariff { id } } }',
      { input: { name, usageType, currency: 'CNY', price: { unit, tiers: [{ price: amount }] } } },
    );
  }
  await setDiscounts('6=10, 12=15');
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const setDiscounts = (value: string) =>
  server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key: 'billing.prepaid.discounts', value } },
  );

const shown = `prepaidTerm { id version months startsAt endsAt price discountPercent renewsAutomatically endedAt refund
  covers { usageType resourceId cpuCount memory size } }`;
const prepayMutation = `mutation ($input: PrepayVirtualMachineInput!) { prepayVirtualMachine(input: $input) { ${shown} } }`;
const endMutation = `mutation ($input: EndPrepaidTermInput!) { endPrepaidTerm(input: $input) { ${shown} } }`;

interface Term {
  id: Id<'PrepaidTerm'>;
  version: number;
  startsAt: string;
  endsAt: string;
  price: string;
  refund: string | null;
  renewsAutomatically: boolean;
  covers: { usageType: number }[];
}

async function prepay(more: Record<string, unknown>): Promise<Term> {
  const { prepayVirtualMachine } = await tenant.client.ask<{ prepayVirtualMachine: { prepaidTerm: Term } }>(
    prepayMutation,
    { input: { virtualMachineId: machineId, ...more } },
  );
  return prepayVirtualMachine.prepaidTerm;
}

async function end({ id }: Term): Promise<Term> {
  const { endPrepaidTerm } = await tenant.client.ask<{ endPrepaidTerm: { prepaidTerm: Term } }>(endMutation, {
    input: { id },
  });
  return endPrepaidTerm.prepaidTerm;
}

const entries = () =>
  server.db
    .selectFrom('LedgerEntry')
    .select(['kind', 'amount', 'referenceId'])
    .where('accountId', '=', tenant.accountId)
    .orderBy('id')
    .execute();

const termsOf = () =>
  server.db
    .selectFrom('PrepaidTerm')
    .selectAll()
    .where('virtualMachineId', '=', machineId)
    .orderBy('startsAt')
    .execute();

const midnight = () => Math.floor(clock.now().getTime() / dayMs) * dayMs;

test('a machine is paid for with its disks, costs less for longer, and is paid back as if it had been paid for as long as it was', async () => {
  const { prepaidOffers } = await tenant.client.ask<{ prepaidOffers: Record<string, unknown>[] }>(
    `query ($id: ID!) { prepaidOffers(virtualMachineId: $id, months: [1, 7]) { months currency monthPrice discountPercent price } }`,
    { id: machineId },
  );
  // Two processors, 5.555 for itself, 1 GiB: 106.555 a month.
  expect(prepaidOffers).toEqual([
    { months: 1, currency: 'CNY', monthPrice: '106.56', discountPercent: '0', price: '106.56' },
    { months: 7, currency: 'CNY', monthPrice: '106.56', discountPercent: '10', price: '671.30' },
  ]);
  expect(
    await refusalOf(tenant.client, prepayMutation, {
      input: { virtualMachineId: machineId, months: 7, expectedPrice: '671.29' },
    }),
  ).toMatchObject({ path: 'input.expectedPrice' });
  const term = await prepay({ months: 7, expectedPrice: '671.3' });
  expect(term).toMatchObject({ price: '671.30', startsAt: new Date(midnight()).toISOString() });
  expect(term.covers.map(({ usageType }) => usageType)).toEqual([1, 2, 6]);
  expect(
    await refusalOf(tenant.client, prepayMutation, { input: { virtualMachineId: machineId, months: 1 } }),
  ).toMatchObject({ code: 'INVALID_STATE' });
  const ended = await end(term);
  const [whole, left] = [Date.parse(term.endsAt) - midnight(), Date.parse(term.endsAt) - midnight() - dayMs];
  expect(ended).toMatchObject({ endsAt: new Date(midnight() + dayMs).toISOString() });
  // So short a term is let off nothing.
  expect(ended.refund).toBe((671.3 - (671.3 / 0.9) * (1 - left / whole)).toFixed(2));
  expect(await entries()).toEqual([
    { kind: 'PREPAYMENT', amount: '-671.30', referenceId: term.id },
    { kind: 'REFUND', amount: ended.refund, referenceId: term.id },
  ]);
  expect(await refusalOf(tenant.client, endMutation, { input: { id: term.id } })).toMatchObject({
    code: 'INVALID_STATE',
  });
});

test.each([
  ['2026-11-10T16:00:00Z', '2026-12-10T16:00:00Z'],
  ['2026-11-11T15:00:00Z', '2026-12-11T16:00:00Z'],
  ['2027-01-30T16:00:00Z', '2027-02-27T16:00:00Z'],
])(
  'a month that is paid for from %s on goes on until the midnight of %s, in Shanghai',
  async (startsAt, endsAt) => {
    const term = { startsAt: new Date(startsAt), months: 1, timeZone: 'Asia/Shanghai' };
    expect((await server.db.transaction().execute((tx) => termEnd(tx, term))).toISOString()).toBe(
      new Date(endsAt).toISOString(),
    );
  },
);

test('a term that is paid for while a period is being closed begins after it', async () => {
  const { db } = server;
  const closing = await db.startTransaction().execute();
  const [startsAt, endsAt] = [new Date(midnight()), new Date(midnight() + 1)];
  const period = await closePeriod(closing, { startsAt, endsAt, timeZone: 'UTC' });
  const begins = db.transaction().execute(async (tx) => {
    await holdPeriods(tx);
    return termStart(tx, clock.now(), 'UTC');
  });
  await eventually(
    () => sql`select from pg_locks where not granted and mode = 'ShareLock'`.execute(db),
    ({ rows }) => rows.length > 0,
  );
  await closing.commit().execute();
  expect(await begins).toEqual(endsAt);
  await db.deleteFrom('UsagePeriod').where('id', '=', period.id).execute();
  await db.deleteFrom('OpenUse').execute();
});

test('whoever may not owe anything pays only what is there', async () => {
  await server.db
    .insertInto('QuotaPolicy')
    .values({
      id: 'qpol_test' as Id<'QuotaPolicy'>,
      accountId: tenant.accountId,
      isEnforced: true,
      alertBelow: [],
    })
    .execute();
  expect(
    await refusalOf(tenant.client, prepayMutation, { input: { virtualMachineId: machineId, months: 1 } }),
  ).toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringContaining('106.56 CNY would have to be paid') as string,
  });
  expect(await termsOf()).toHaveLength(1);
  await server.db.deleteFrom('QuotaPolicy').where('accountId', '=', tenant.accountId).execute();
});

test('what is covered costs nothing, what goes beyond costs as ever, and a term is followed by the next', async () => {
  // The day for which the first term goes on is over.
  clock.pass(86_400);
  const term = await prepay({ months: 1, renewsAutomatically: true });
  await change(tenant.client, 'stopVirtualMachine', { id: machineId });
  await server.admin.ask(
    'mutation ($input: ScaleVirtualMachineInput!) { scaleVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input: { id: machineId, serviceOfferingId: await serviceOfferingId(server.admin, 'large') } },
  );
  await change(tenant.client, 'startVirtualMachine', { id: machineId });
  await eventually(
    () => server.db.selectFrom('UsageEventPending').select('id').execute(),
    (waiting) => waiting.length === 0,
  );
  const [today, tomorrow] = [new Date(midnight()), new Date(midnight() + dayMs)];
  for (const [startsAt, endsAt] of [
    [new Date(midnight() - 2 * dayMs), today],
    [today, tomorrow],
  ] as const)
    await server.db.transaction().execute((tx) => closePeriod(tx, { startsAt, endsAt, timeZone: 'UTC' }));
  const lines = await server.db
    .selectFrom('RatedLine')
    .innerJoin('UsageRecord', 'UsageRecord.id', 'RatedLine.recordId')
    .select(['RatedLine.usageType', 'baseAmount', 'quantity', 'attributes'])
    .where('RatedLine.periodStartsAt', '=', today)
    .orderBy('RatedLine.usageType')
    .execute();
  // Two processors beyond those that are paid for, from the moment on at which it has four.
  expect(
    lines.map(({ usageType, baseAmount, quantity, attributes: { cpuCount } }) => ({
      usageType,
      cpuCount,
      beyond: BigInt(baseAmount) / quantity,
    })),
  ).toEqual(
    expect.arrayContaining([
      { usageType: 1, cpuCount: 2, beyond: 0n },
      { usageType: 1, cpuCount: 4, beyond: 2n },
      { usageType: 2, cpuCount: 4, beyond: 0n },
      { usageType: 6, cpuCount: undefined, beyond: 0n },
    ]),
  );

  clock.pass((Date.parse(term.endsAt) - clock.now().getTime()) / 1000 - 3600);
  // Whoever looks again and again looks at once when a setting changes.
  await setDiscounts('12=20');
  const terms = await eventually(termsOf, (found) => found.length === 3);
  expect(terms[2]).toMatchObject({ startsAt: terms[1]?.endsAt, renewsAutomatically: true, months: 1 });
  expect(terms[1]).toMatchObject({ renewsAutomatically: false, renewalProblem: null });
}, 90_000);

test('a machine that is paid for stays with its account; when it is gone, what is left is paid back', async () => {
  const { accountId } = await aTenant(server, 'other');
  expect(
    await refusalOf(
      server.admin,
      'mutation ($input: AssignVirtualMachineInput!) { assignVirtualMachine(input: $input) { virtualMachine { id } } }',
      { input: { id: machineId, accountId } },
    ),
  ).toMatchObject({ code: 'RESOURCE_IN_USE' });
  await change(tenant.client, 'destroyVirtualMachine', { id: machineId });
  await change(tenant.client, 'expungeVirtualMachine', { id: machineId });
  await setDiscounts('12=10');
  const [, running, next] = await eventually(termsOf, (found) =>
    found.every(({ endedAt }) => endedAt !== null),
  );
  // The last day of the one is used up, the other has not begun.
  expect(running).toMatchObject({ refund: '0.00' });
  expect(next).toMatchObject({ refund: next?.price, endsAt: next?.startsAt });
  expect((await entries()).at(-1)).toMatchObject({ kind: 'REFUND', amount: next?.refund });
}, 90_000);

test('what is left of a term is paid back though the account is gone too', async () => {
  const accountId = newId('Account');
  const startsAt = new Date(midnight());
  await server.db
    .insertInto('PrepaidTerm')
    .values({
      ...{ id: newId('PrepaidTerm'), accountId, virtualMachineId: newId('VirtualMachine'), months: 1 },
      ...{ virtualMachineName: 'gone', startsAt, endsAt: new Date(midnight() + 10 * dayMs) },
      ...{ currency: 'CNY', monthPrice: '10', discountPercent: '0', price: '10' },
    })
    .execute();
  await setDiscounts('12=11');
  const paid = await eventually(
    () => server.db.selectFrom('LedgerEntry').selectAll().where('accountId', '=', accountId).execute(),
    (found) => found.length > 0,
  );
  // Its day is used up.
  expect(paid).toMatchObject([{ kind: 'REFUND', amount: '9.00' }]);
});
