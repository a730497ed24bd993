import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB } from '@nephos/model/kernel/units.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { ratePeriod } from '@nephos/usage/rate-period/rate-period.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let newMachine: Record<string, unknown>;
let near: Tenant;
let far: Tenant;
let domainId: Id<'Domain'>;

const hourMs = 3_600_000;
/** An hour has just begun, and does not end while the tests run. */
const clock = new ShiftedClock();
clock.pass(3600 - ((Date.now() / 1000) % 3600));
const thisHour = Math.floor(clock.now().getTime() / hourMs) * hourMs;
const inHours = (hours: number) => new Date(thisHour + hours * hourMs).toISOString();

beforeAll(async () => {
  server = await startTestServer({ clock });
  zone = await createTestZone(server, { hosts: 1 });
  domainId = await aDomain(server.db, 'near');
  near = await aTenant(server, 'near', { domainId });
  far = await aTenant(server, 'far');
  newMachine = {
    name: 'web',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin, 'medium'),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  };
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const shown = `tariff { id name version endsAt
  versions { validFrom validUntil unit included tiers { upTo price } } }`;
const createMutation = `mutation ($input: CreateTariffInput!) { createTariff(input: $input) { ${shown} } }`;
const addMutation = `mutation ($input: AddTariffVersionInput!) { addTariffVersion(input: $input) { ${shown} } }`;
const removeMutation = `mutation ($input: RemoveTariffInput!) { removeTariff(input: $input) { ${shown} } }`;

interface Shown {
  id: string;
  name: string;
  version: number;
  endsAt: string | null;
  versions: { validFrom: string; validUntil: string | null }[];
}

const price = (amount: string, unit = 'HOUR') => ({ unit, tiers: [{ price: amount }] });
const plan = (name: string, more: Record<string, unknown> = {}) => ({
  ...{ name, usageType: 1, currency: 'CNY', price: price('0.5') },
  ...more,
});

async function aTariff(name: string, more: Record<string, unknown> = {}): Promise<Shown> {
  const { createTariff } = await server.admin.ask<{ createTariff: { tariff: Shown } }>(createMutation, {
    input: plan(name, more),
  });
  return createTariff.tariff;
}

async function namesFor({ client }: Pick<Tenant, 'client'>): Promise<string[]> {
  const { tariffs } = await client.ask<{ tariffs: { nodes: { name: string }[] } }>(
    '{ tariffs(filter: { isEnded: false }) { nodes { name } } }',
  );
  return tariffs.nodes.map(({ name }) => name);
}

async function planned(client: Tenant['client'], more: Record<string, unknown> = {}): Promise<unknown> {
  const { planDeployVirtualMachine } = await client.ask<{ planDeployVirtualMachine: { prices: unknown } }>(
    `query ($input: DeployVirtualMachineInput!) {
      planDeployVirtualMachine(input: $input) { prices { currency perHour perMonth } } }`,
    { input: { ...newMachine, ...more } },
  );
  return planDeployVirtualMachine.prices;
}

const end = (id: string) =>
  server.db
    .updateTable('Tariff')
    .set({ endsAt: new Date(thisHour - 24 * hourMs) })
    .where('id', '=', id as Id<'Tariff'>)
    .execute();

test('a tariff has a price from this hour on, then others, and an end', async () => {
  const made = await aTariff('machines');
  expect(made).toMatchObject({
    endsAt: null,
    versions: [
      {
        validFrom: inHours(0),
        validUntil: null,
        unit: 'HOUR',
        included: 0,
        tiers: [{ upTo: null, price: '0.5' }],
      },
    ],
  });
  const later = {
    unit: 'CPU_HOUR',
    included: 10,
    tiers: [{ upTo: 1000, price: '0.250' }, { price: '0.2' }],
    validFrom: inHours(5),
  };
  const input = { tariffId: made.id, price: later, expectedVersion: made.version };
  const { addTariffVersion } = await server.admin.ask<{ addTariffVersion: { tariff: Shown } }>(addMutation, {
    input,
  });
  expect(addTariffVersion.tariff.versions).toEqual([
    expect.objectContaining({ validUntil: inHours(5) }),
    {
      ...later,
      validUntil: null,
      tiers: [
        { upTo: 1000, price: '0.25' },
        { upTo: null, price: '0.2' },
      ],
    },
  ]);
  expect(await refusalOf(server.admin, addMutation, { input })).toMatchObject({ code: 'VERSION_CONFLICT' });
  const again = { tariffId: made.id, price: later };
  expect(await refusalOf(server.admin, addMutation, { input: again })).toMatchObject({
    path: 'input.price.validFrom',
  });
  const { removeTariff } = await server.admin.ask<{ removeTariff: { tariff: Shown } }>(removeMutation, {
    input: { id: made.id, endsAt: inHours(3) },
  });
  expect(removeTariff.tariff).toMatchObject({
    endsAt: inHours(3),
    versions: [{ validUntil: inHours(3) }, {}],
  });
  await end(made.id);
  expect(await refusalOf(server.admin, removeMutation, { input: { id: made.id } })).toMatchObject({
    code: 'INVALID_STATE',
  });
});

test.each([
  ['input.currency', { currency: 'GOLD' }],
  ['input.usageType', { usageType: 99 }],
  ['input.tagValue', { tagValue: 'red' }],
  ['input.offeringId', { offeringId: newId('Zone') }],
  ['input.price.unit', { price: price('1', 'GIB_MONTH') }],
  ['input.price.tiers.0.price', { price: price('-1') }],
  ['input.price.tiers.0.upTo', { price: { unit: 'HOUR', tiers: [{ upTo: 5, price: '1' }] } }],
  [
    'input.price.tiers.1.upTo',
    { price: { unit: 'HOUR', tiers: [{ upTo: 5, price: '1' }, { upTo: 5, price: '1' }, { price: '2' }] } },
  ],
  ['input.price.validFrom', { price: { ...price('1'), validFrom: inHours(-1) } }],
  [
    'input.price.validFrom',
    { price: { ...price('1'), validFrom: new Date(thisHour + hourMs * 1.5).toISOString() } },
  ],
])('%s is refused', async (path, more) => {
  const refusal = await refusalOf(server.admin, createMutation, { input: plan('no', more) });
  expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', path });
});

test('a condition that is none is refused with the place', async () => {
  const condition = 'cpuCount > 2 && cores > 1';
  const refusal = await refusalOf(server.admin, createMutation, { input: plan('no', { condition }) });
  expect(refusal).toMatchObject({
    path: 'input.condition',
    rule: expect.stringContaining('line 1, column 17') as string,
  });
});

test('tenants see the tariffs that apply to them, and change none', async () => {
  const made = [
    await aTariff('for all'),
    await aTariff('for near', { domainId, charge: 'support' }),
    await aTariff('for far', { accountId: far.accountId, charge: 'discount' }),
  ];
  expect(await namesFor(near)).toEqual(['for all', 'for near']);
  expect(await namesFor(far)).toEqual(['for all', 'for far']);
  expect(await refusalOf(near.client, createMutation, { input: plan('mine') })).toMatchObject({
    code: 'FORBIDDEN',
  });
  for (const { id } of made) await end(id);
});

test('a plan says what a machine, its disks and its address will cost, by the tariffs of its owner', async () => {
  expect(await planned(near.client)).toEqual([]);
  const made = [
    await aTariff('processors', { price: price('0.1', 'CPU_HOUR') }),
    await aTariff('processors of near', { domainId, price: price('0.05', 'CPU_HOUR') }),
    await aTariff('addresses', { usageType: 3, condition: 'networkId != ""', price: price('0.01') }),
    await aTariff('large ones', {
      charge: 'licence',
      condition: 'cpuCount >= 4 && offeringName == "large"',
      price: price('73', 'MONTH'),
    }),
    await aTariff('for the team', {
      charge: 'team',
      tagKey: 'team',
      currency: 'EUR',
      price: price('1', 'DAY'),
    }),
    await aTariff('disks', { usageType: 6, price: price('73', 'GIB_MONTH') }),
  ];
  const { sizeBytes } = await server.db
    .selectFrom('ImageReplica')
    .select('virtualSizeBytes as sizeBytes')
    .executeTakeFirstOrThrow();
  const gib = Number(sizeBytes) / Number(GiB);
  const of = (perHour: number, currency = 'CNY', places = 6) => ({
    ...{ currency, perHour: perHour.toFixed(places), perMonth: (perHour * 730).toFixed(2) },
  });
  expect(await planned(far.client)).toEqual([of(0.2 + gib * 0.1 + 0.01)]);
  expect(await planned(near.client)).toEqual([of(0.1 + gib * 0.1 + 0.01)]);
  expect(await planned(near.client, { count: 3, startsNow: false })).toEqual([of(3 * (gib * 0.1 + 0.01))]);
  const large = await serviceOfferingId(server.admin, 'large');
  const labelled = { serviceOfferingId: large, tags: [{ key: 'team', value: 'red' }] };
  const [inYuan, inEuro] = (await planned(near.client, labelled)) as [object, object];
  expect(inYuan).toEqual(of(0.2 + 0.1 + gib * 0.1 + 0.01));
  expect(inEuro).toEqual({ currency: 'EUR', perHour: '0.041667', perMonth: '30.42' });
  for (const { id } of made) await end(id);
});

test('what is rated is listed for its owner, and summed up by what is asked for', async () => {
  const made = await aTariff('everything', { price: price('0.333333333333') });
  await aTariff('tiered', {
    ...{ usageType: 6, currency: 'JPY' },
    price: { unit: 'GIB_HOUR', included: 24, tiers: [{ upTo: 24, price: '2' }, { price: '1.5' }] },
  });
  const startsAt = new Date(thisHour + hourMs / 2);
  await sql`select nephos_ensure_partitions('UsageRecord', 'month', ${startsAt}::timestamptz, ${startsAt}::timestamptz)`.execute(
    server.db,
  );
  const record = (usageType: number, tenant: Tenant, attributes: object, hours: bigint) => ({
    ...{
      id: newId('UsageRecord'),
      periodStartsAt: startsAt,
      usageType,
      resourceName: 'it',
      startedAt: startsAt,
      endedAt: startsAt,
    },
    ...{ accountId: tenant.accountId, domainId: tenant.domainId, zoneId: zone.zoneId as Id<'Zone'> },
    ...{
      resourceId: newId('VirtualMachine'),
      attributes: JSON.stringify(attributes),
      quantity: hours * BigInt(hourMs),
    },
  });
  await server.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('UsageRecord')
      .values([
        record(1, near, { tags: { team: 'red' } }, 3n),
        record(1, near, {}, 3n),
        record(1, far, {}, 1n),
        record(6, near, { sizeBytes: (2n * GiB).toString() }, 30n),
      ])
      .execute();
    expect(await ratePeriod(tx, { startsAt, timeZone: 'UTC' })).toBe(4);
  });
  const lines =
    '{ ratedLines(filter: { month: "MONTH" }) { totalCount nodes { amount quantity currency tariff { id } } } }';
  const query = lines.replace('MONTH', startsAt.toISOString().slice(0, 7));
  const { ratedLines } = await near.client.ask<{ ratedLines: { totalCount: number; nodes: object[] } }>(
    query,
  );
  expect(ratedLines.totalCount).toBe(3);
  expect(ratedLines.nodes).toContainEqual({
    amount: '1.000000',
    quantity: '3.000000',
    currency: 'CNY',
    tariff: { id: made.id },
  });
  const costs = async (client: Tenant['client'], args: string) => {
    const time = `from: "${startsAt.toISOString()}", until: "${inHours(24)}"`;
    const answer = await client.ask<{ costs: object[] }>(
      `{ costs(${time}, ${args}) { usageType tagValue accountId day currency amount } }`,
    );
    return answer.costs;
  };
  const nothing = { usageType: null, tagValue: null, accountId: null, day: null };
  expect(await costs(near.client, 'groupBy: []')).toEqual([
    { ...nothing, currency: 'CNY', amount: '2.00' },
    // 60 GiB hours: 24 of them free, 24 for 2 yen, and 12 for 1.5.
    { ...nothing, currency: 'JPY', amount: '66' },
  ]);
  expect(await costs(near.client, 'groupBy: [TAG, TYPE], tagKey: "team"')).toEqual([
    { ...nothing, usageType: 1, tagValue: 'red', currency: 'CNY', amount: '1.00' },
    { ...nothing, usageType: 1, currency: 'CNY', amount: '1.00' },
    { ...nothing, usageType: 6, currency: 'JPY', amount: '66' },
  ]);
  const [ofNear, , ofFar] = await costs(server.admin, 'groupBy: [ACCOUNT, DAY]');
  expect(ofNear).toMatchObject({
    accountId: near.accountId,
    amount: '2.00',
    day: startsAt.toISOString().slice(0, 10),
  });
  expect(ofFar).toMatchObject({ accountId: far.accountId, amount: '0.33' });
});

test('a machine whose tags change costs by its new tags from then on', async () => {
  const { machine } = await deploy(server.admin, { ...newMachine, name: 'tagged' });
  await server.admin.ask(
    'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input: { id: machine.id, tags: [{ key: 'team', value: 'red' }] } },
  );
  const { rows } = await sql<{ kind: string; tags: unknown }>`
    select "kind", "attributes"->'tags' as "tags" from (
      select "kind", "attributes", "resourceId" from "UsageEvent" union all
      select "kind", "attributes", "resourceId" from "UsageEventPending") as events
    where "resourceId" = ${machine.id} order by 1`.execute(server.db);
  expect(rows).toEqual(
    expect.arrayContaining([
      { kind: 'VM_SCALE', tags: { team: 'red' } },
      { kind: 'VM_SCALE_LIVE', tags: { team: 'red' } },
    ]),
  );
});

test('when a period is closed, what a machine used in it is rated', async () => {
  const made = await aTariff('running', { charge: 'closing', price: price('0.25', 'CPU_HOUR') });
  const { machine } = await deploy(server.admin, { ...newMachine, name: 'metered' });
  await eventually(
    () => server.db.selectFrom('UsageEventPending').select('id').execute(),
    (waiting) => waiting.length === 0,
  );
  const bounds = { startsAt: new Date(thisHour), endsAt: new Date(thisHour + hourMs), timeZone: 'UTC' };
  await server.db.transaction().execute((tx) => closePeriod(tx, bounds));
  const { quantity } = await server.db
    .selectFrom('UsageRecord')
    .select('quantity')
    .where('resourceId', '=', machine.id)
    .where('usageType', '=', 1)
    .executeTakeFirstOrThrow();
  const lines = await server.db
    .selectFrom('RatedLine')
    .selectAll()
    .where('resourceId', '=', machine.id)
    .where('tariffId', '=', made.id as Id<'Tariff'>)
    .execute();
  // Two processors, from its start to the end of the hour.
  const baseAmount = quantity * 2n;
  expect(lines).toEqual([
    expect.objectContaining({
      baseAmount: baseAmount.toString(),
      amount: (baseAmount * 250_000_000_000n).toString(),
      unitSize: hourMs.toString(),
      usedAt: bounds.startsAt,
    }),
  ]);
});

class Undone extends Error {}

test('a preview tells what a drafted tariff would have brought, to the last digit as if it had been there', async () => {
  const firstOf = (months: number) => {
    const now = clock.now();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
  };
  const month = firstOf(-1);
  const [charge, unit] = ['previewed', 'CPU_HOUR'] as const;
  const aYearAgo = firstOf(-12);
  const insert = async (db: TestServer['db'], name: string, more: { id: Id<'Tariff'>; tiers: string }) => {
    const { id, tiers } = more;
    await db
      .insertInto('Tariff')
      .values({ ...{ id, name, usageType: 1, charge, currency: 'CNY' } })
      .execute();
    await db
      .insertInto('TariffVersion')
      .values({ id: newId('TariffVersion'), tariffId: id, validFrom: aYearAgo, unit, tiers })
      .execute();
  };
  const replacesId = newId('Tariff');
  await insert(server.db, 'previewed', { id: replacesId, tiers: '[{ "price": "1" }]' });
  const periods = [month, new Date(month.getTime() + 5 * 24 * hourMs)];
  await sql`select nephos_ensure_partitions('UsageRecord', 'month', ${month}::timestamptz, ${firstOf(0)}::timestamptz)`.execute(
    server.db,
  );
  const records = periods.flatMap((startsAt, index) =>
    [near, far].map((tenant) => ({
      ...{ id: newId('UsageRecord'), periodStartsAt: startsAt, usageType: 1, resourceName: 'it' },
      ...{ accountId: tenant.accountId, domainId: tenant.domainId, zoneId: zone.zoneId as Id<'Zone'> },
      ...{ resourceId: newId('VirtualMachine'), startedAt: startsAt, endedAt: startsAt },
      attributes: JSON.stringify({ cpuCount: index + 2 }),
      quantity: (tenant === near ? 7n : 40n) * BigInt(hourMs) + 1n,
    })),
  );
  await server.db.insertInto('UsageRecord').values(records).execute();
  const draft = {
    ...{ replacesId, usageType: 1, charge, currency: 'CNY' },
    price: { unit, tiers: [{ upTo: 50, price: '1' }, { price: '0.7' }] },
  };
  const { tariffPreview } = await server.admin.ask<{
    tariffPreview: { month: string; totals: object[]; accountCount: number; accounts: object[] };
  }>(
    `query ($input: TariffPreviewInput!) { tariffPreview(input: $input) {
      month accountCount totals { currency before after } accounts { accountId account { name } currency before after } } }`,
    { input: draft },
  );
  // 40 hours of two processors and 40 of three: 200, of which 150 cost 0.7.
  expect(tariffPreview).toEqual({
    month: month.toISOString().slice(0, 7),
    accountCount: 1,
    totals: [{ currency: 'CNY', before: '235.00', after: '190.00' }],
    accounts: [
      {
        ...{ accountId: far.accountId, account: { name: 'far' }, currency: 'CNY' },
        ...{ before: '200.00', after: '155.00' },
      },
    ],
  });
  const rated = server.db.transaction().execute(async (tx) => {
    await tx.updateTable('Tariff').set({ endsAt: aYearAgo }).where('id', '=', replacesId).execute();
    const tiers = '[{ "price": "1", "upTo": "50" }, { "price": "0.7" }]';
    const id = newId('Tariff');
    await insert(tx, 'the draft', { id, tiers });
    for (const startsAt of periods) await ratePeriod(tx, { startsAt, timeZone: 'UTC' });
    const { rows } = await sql<{ sum: string }>`
      select round(sum("amount" / "unitSize") / 1e12, 2)::text as "sum" from "RatedLine" where "tariffId" = ${id}`.execute(
      tx,
    );
    expect(rows).toEqual([{ sum: '190.00' }]);
    throw new Undone();
  });
  await expect(rated).rejects.toThrow(Undone);
  expect(
    await refusalOf(
      server.admin,
      'query ($input: TariffPreviewInput!) { tariffPreview(input: $input) { month } }',
      {
        input: { ...draft, month: 'May' },
      },
    ),
  ).toMatchObject({ path: 'input.month' });
});

test('a tariff may be renamed and its end moved, and an editor is told what is wrong with a condition', async () => {
  const { id, version } = await aTariff('to be renamed', { charge: 'renamed' });
  const mutation = `mutation ($input: UpdateTariffInput!) { updateTariff(input: $input) { ${shown} } }`;
  const { updateTariff } = await server.admin.ask<{ updateTariff: { tariff: Shown } }>(mutation, {
    input: { id, name: 'renamed', endsAt: inHours(4), expectedVersion: version },
  });
  expect(updateTariff.tariff).toMatchObject({ name: 'renamed', endsAt: inHours(4) });
  expect(await refusalOf(server.admin, mutation, { input: { id, endsAt: inHours(0) } })).toMatchObject({
    path: 'input.endsAt',
  });
  const again = await server.admin.ask<{ updateTariff: { tariff: Shown } }>(mutation, {
    input: { id, endsAt: null },
  });
  expect(again.updateTariff.tariff.endsAt).toBeNull();
  const problem = async (condition: string) => {
    const query = 'query ($condition: String!) { tariffConditionProblem(condition: $condition) }';
    const answer = await server.admin.ask<{ tariffConditionProblem: string | null }>(query, { condition });
    return answer.tariffConditionProblem;
  };
  expect(await problem('cpuCount >= 8')).toBeNull();
  expect(await problem('cpuCount >=')).toContain('line 1');
  await end(id);
});
