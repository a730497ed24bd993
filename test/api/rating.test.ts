import type { NewRow, Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB } from '@nephos/model/kernel/units.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { bandsOf, costAfter, costOf, type Band } from '@nephos/usage/rate/bands.ts';
import { TariffChoice } from '@nephos/usage/rate/choose-tariffs.ts';
import type { ValidTariff } from '@nephos/usage/rate/tariff.ts';
import { storeTiers } from '@nephos/usage/rate/tiers.ts';
import { units } from '@nephos/usage/rate/units.ts';
import { uncoveredFactor, type Cover } from '@nephos/usage/rate/cover.ts';
import { factorOf } from '@nephos/usage/rate/use.ts';
import { ratePeriod } from '@nephos/usage/rate-period/rate-period.ts';
import { findPriceChange, readValidTariffs } from '@nephos/usage/rate-period/valid-tariffs.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await sql`select nephos_ensure_partitions('UsageRecord', 'month', ${at(0)}::timestamptz, ${at(monthHours)}::timestamptz)`.execute(
    database.db,
  );
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const hourMs = 3_600_000;
/** A month of 10 days is as good as any, and sooner over. */
const monthHours = 240;
const timeZone = 'Asia/Shanghai';
const monthStart = Date.parse('2026-02-28T16:00:00Z');
const at = (hours: number) => new Date(monthStart + hours * hourMs);
const accounts = [newId('Account'), newId('Account')] as const;
const domainId = newId('Domain');
const zoneId = newId('Zone');

/** A machine or a disk that is used from one moment to another, in milliseconds from the beginning of the month. */
interface Use {
  usageType: 1 | 6;
  account: 0 | 1;
  resourceId: string;
  from: number;
  until: number;
  size: bigint;
  /** When it becomes known: when it happens; after all other periods; or too much of it at first. */
  known: 'AT_ONCE' | 'LATE' | 'TOO_MUCH';
  /** Paid for in advance from one hour to another, up to a size. */
  paid: { charge: string; hours: Span; size: bigint; byTariff: number } | null;
}

interface PriceFacts {
  usageType: 1 | 6;
  charge: string;
  account: 0 | 1 | null;
  unit: Row<'TariffVersion'>['unit'];
  condition: string | null;
  /** By hours from the beginning of the month, rising, the first at 0. */
  versions: { from: number; ends: bigint[]; prices: bigint[]; included: bigint }[];
  endsAt: number | null;
}

const version = fc.record({
  from: fc.integer({ min: 1, max: monthHours - 1 }),
  ends: fc
    .uniqueArray(fc.bigInt({ min: 1n, max: 500n }), { maxLength: 3 })
    .map((ends) => ends.sort((a, b) => (a < b ? -1 : 1))),
  prices: fc.array(fc.bigInt({ min: 0n, max: 10n ** 13n }), { minLength: 4, maxLength: 4 }),
  included: fc.constantFrom(0n, 0n, 5n, 100n),
});
const price = fc.record({
  usageType: fc.constantFrom(1 as const, 6 as const),
  charge: fc.constantFrom('use', 'licence'),
  account: fc.constantFrom(null, null, 0 as const, 1 as const),
  unit: fc.constantFrom('HOUR' as const, 'CPU_HOUR' as const, 'GIB_MONTH' as const),
  condition: fc.constantFrom(null, null, 'cpuCount > 2 || sizeBytes > 3 * GiB'),
  versions: fc
    .uniqueArray(version, { minLength: 1, maxLength: 3, selector: ({ from }) => from })
    .map((versions) =>
      versions
        .sort((a, b) => a.from - b.from)
        .map((each, index) => (index === 0 ? { ...each, from: 0 } : each)),
    ),
  endsAt: fc.option(fc.integer({ min: 1, max: monthHours }), { freq: 3 }),
}) satisfies fc.Arbitrary<PriceFacts>;

const moment = fc.integer({ min: 0, max: monthHours * hourMs });
const paid = fc.record({
  charge: fc.constantFrom('use', 'licence'),
  hours: fc
    .uniqueArray(fc.integer({ min: -5, max: monthHours + 5 }), { minLength: 2, maxLength: 2 })
    .map(([a = 0, b = 0]): Span => [Math.min(a, b), Math.max(a, b)]),
  size: fc.bigInt({ min: 1n, max: 6n }),
  byTariff: fc.nat({ max: 4 }),
});
const use = fc
  .record({
    usageType: fc.constantFrom(1 as const, 6 as const),
    account: fc.constantFrom(0 as const, 1 as const),
    span: fc.tuple(moment, moment),
    size: fc.bigInt({ min: 1n, max: 6n }),
    known: fc.constantFrom('AT_ONCE' as const, 'LATE' as const, 'TOO_MUCH' as const),
    paid: fc.option(paid, { freq: 3 }),
  })
  .map(({ span: [a, b], ...each }): Use => ({
    ...each,
    resourceId: each.usageType === 1 ? newId('VirtualMachine') : newId('Volume'),
    from: Math.min(a, b),
    until: Math.max(a, b),
  }));

const cuts = fc.uniqueArray(fc.integer({ min: 1, max: monthHours - 1 }), { maxLength: 8 });

interface Written {
  /** By the id of the version. */
  bands: Map<string, Band[]>;
  tariffIds: Id<'Tariff'>[];
}

async function writeTariffs(prices: readonly PriceFacts[]): Promise<Written> {
  const bands = new Map<string, Band[]>();
  const tariffIds: Id<'Tariff'>[] = [];
  await sql`truncate "Tariff" cascade`.execute(database.db);
  for (const [index, { versions, usageType, charge, account, unit, condition, endsAt }] of prices.entries()) {
    const tariffId = newId('Tariff');
    tariffIds.push(tariffId);
    await database.db
      .insertInto('Tariff')
      .values({
        ...{ id: tariffId, name: `tariff ${index}`, usageType, charge, currency: 'CNY', condition },
        accountId: account === null ? null : accounts[account],
        endsAt: endsAt === null ? null : at(endsAt),
      })
      .execute();
    for (const each of versions) {
      const id = newId('TariffVersion');
      const tiers = tiersOf(each);
      bands.set(id, bandsOf(tiers, each.included, units[unit]));
      await database.db
        .insertInto('TariffVersion')
        .values({
          ...{ id, tariffId, unit, includedUnits: each.included },
          validFrom: at(each.from),
          tiers: JSON.stringify(storeTiers(tiers)),
        })
        .execute();
    }
  }
  return { bands, tariffIds };
}

/** What a use is covered up to. */
function coverOf({ usageType, size, paid: facts }: Use, tariffIds: readonly Id<'Tariff'>[]): Cover {
  const covered = facts?.size ?? size;
  return {
    tariffId: tariffIds[(facts?.byTariff ?? 0) % tariffIds.length] ?? newId('Tariff'),
    cpuCount: usageType === 1 ? Number(covered) : null,
    memoryBytes: null,
    sizeBytes: usageType === 1 ? null : covered * GiB,
  };
}

async function writeTerms(uses: readonly Use[], tariffIds: readonly Id<'Tariff'>[]): Promise<void> {
  await sql`truncate "PrepaidTerm" cascade`.execute(database.db);
  for (const { paid: facts, ...each } of uses) {
    if (facts === null) continue;
    const termId = newId('PrepaidTerm');
    const { tariffId, ...sizes } = coverOf({ ...each, paid: facts }, tariffIds);
    await database.db
      .insertInto('PrepaidTerm')
      .values({
        ...{ id: termId, accountId: accounts[each.account], virtualMachineId: newId('VirtualMachine') },
        ...{ virtualMachineName: 'it', months: 1, currency: 'CNY' },
        ...{ startsAt: at(facts.hours[0]), endsAt: at(facts.hours[1]) },
        ...{ monthPrice: '1', discountPercent: '0', price: '1' },
      })
      .execute();
    await database.db
      .insertInto('PrepaidCover')
      .values({
        ...{ termId, charge: facts.charge, usageType: each.usageType, tariffId: tariffId as Id<'Tariff'> },
        ...{ resourceId: each.resourceId, resourceName: 'it', ...sizes },
      })
      .execute();
  }
}

const tiersOf = ({ ends, prices }: PriceFacts['versions'][number]) =>
  [...ends, null].map((upTo, index) => ({ upTo, price: prices[index] ?? 0n }));

/** Ends of periods: where they were wished, and where a price changes. */
async function periodsOf(wished: readonly number[]): Promise<Span[]> {
  const ends = [...wished, monthHours].sort((a, b) => a - b);
  const periods: Span[] = [];
  let from = 0;
  for (const end of ends) {
    for (;;) {
      const change = await findPriceChange(database.db, { after: at(from), before: at(end) });
      const until = change === undefined ? end : (change.getTime() - monthStart) / hourMs;
      periods.push([from, until]);
      from = until;
      if (change === undefined) break;
    }
  }
  return periods;
}

type Span = readonly [from: number, until: number];

/** Milliseconds of a use within hours of the month. */
function overlap(use: Use, [from, until]: Span): number {
  return Math.max(0, Math.min(use.until, until * hourMs) - Math.max(use.from, from * hourMs));
}

function attributesOf({ usageType, size }: Use): UsageAttributes {
  return usageType === 1 ? { cpuCount: Number(size) } : { sizeBytes: (size * GiB).toString() };
}

function aRecord(
  use: Use,
  [writtenIn, usedIn]: readonly [Span, Span],
  quantity: number,
): NewRow<'UsageRecord'> {
  return {
    id: newId('UsageRecord'),
    periodStartsAt: at(writtenIn[0]),
    correctsPeriod: writtenIn === usedIn ? null : at(usedIn[0]),
    ...{ accountId: accounts[use.account], domainId, zoneId },
    ...{ usageType: use.usageType, resourceId: use.resourceId, resourceName: 'it' },
    attributes: JSON.stringify(attributesOf(use)),
    startedAt: at(usedIn[0]),
    endedAt: at(usedIn[1]),
    quantity: BigInt(quantity),
  };
}

/** What the aggregation writes of a use. What it learns late corrects earlier periods, in the last one. */
function recordsOf(use: Use, periods: readonly Span[]): NewRow<'UsageRecord'>[] {
  const last = periods.at(-1);
  return periods.flatMap((period) => {
    const quantity = overlap(use, period);
    if (quantity === 0 || last === undefined) return [];
    if (use.known === 'AT_ONCE' || period === last) return [aRecord(use, [period, period], quantity)];
    if (use.known === 'LATE') return [aRecord(use, [last, period], quantity)];
    const tooMuch = Math.ceil(quantity / 2);
    return [aRecord(use, [period, period], quantity + tooMuch), aRecord(use, [last, period], -tooMuch)];
  });
}

async function rateMonth(uses: readonly Use[], periods: readonly Span[]): Promise<void> {
  const { db } = database;
  await sql`truncate "UsageRecord", "RatedLine", "TariffTotal"`.execute(db);
  const records = uses.flatMap((each) => recordsOf(each, periods));
  if (records.length > 0) await db.insertInto('UsageRecord').values(records).execute();
  for (const [from] of periods)
    await db.transaction().execute((tx) => ratePeriod(tx, { startsAt: at(from), timeZone }));
}

/** The whole month at once, by the pure functions alone: base amounts and costs by account and version. */
async function expectedCosts(
  uses: readonly Use[],
  spans: readonly Span[],
  tariffIds: readonly Id<'Tariff'>[],
): Promise<Record<string, bigint>> {
  const totals = new Map<string, { tariff: ValidTariff; amount: bigint }>();
  for (const span of spans) {
    const choice = new TariffChoice(await readValidTariffs(database.db, at(span[0])));
    for (const use of uses.filter((each) => overlap(each, span) > 0)) {
      const attributes = attributesOf(use);
      const accountId = accounts[use.account];
      for (const tariff of choice.for({ ...use, accountId, lineage: [domainId], zoneId, attributes })) {
        const key = `${accountId} ${tariff.versionId}`;
        const { measure } = tariff.unit;
        const isPaid =
          use.paid?.charge === tariff.charge && use.paid.hours[0] <= span[0] && use.paid.hours[1] > span[0];
        const factor = isPaid
          ? uncoveredFactor(measure, attributes, { cover: coverOf(use, tariffIds), tariffId: tariff.id })
          : factorOf(measure, attributes);
        const amount = BigInt(overlap(use, span)) * factor;
        totals.set(key, { tariff, amount: (totals.get(key)?.amount ?? 0n) + amount });
      }
    }
  }
  return Object.fromEntries(
    [...totals].map(([key, { tariff, amount }]) => [key, costOf(tariff.bands, amount)]),
  );
}

const readLines = () =>
  database.db
    .selectFrom('RatedLine')
    .selectAll()
    .orderBy('periodStartsAt')
    .orderBy('usedAt')
    .orderBy('recordId')
    .execute();

/** Sums of the lines, each of which must be what the pure function says to the last digit. */
async function checkedSums(bands: ReadonlyMap<string, readonly Band[]>): Promise<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  const used = new Map<string, bigint>();
  for (const line of await readLines()) {
    const key = `${line.accountId} ${line.tariffVersionId}`;
    const before = used.get(key) ?? 0n;
    const amount = BigInt(line.baseAmount);
    expect(BigInt(line.amount)).toBe(costAfter(bands.get(line.tariffVersionId) ?? [], before, amount));
    expect(line.month).toBe('2026-03');
    used.set(key, before + amount);
    sums[key] = (sums[key] ?? 0n) + BigInt(line.amount);
  }
  return sums;
}

test('any partition of a month costs the same to the last digit, as do the pure functions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(price, { minLength: 1, maxLength: 5 }),
      fc.array(use, { maxLength: 12 }),
      cuts,
      cuts,
      async (prices, uses, someCuts, otherCuts) => {
        const { bands, tariffIds } = await writeTariffs(prices);
        await writeTerms(uses, tariffIds);
        const expected = await expectedCosts(uses, await periodsOf([]), tariffIds);
        for (const wished of [someCuts, otherCuts]) {
          await rateMonth(uses, await periodsOf(wished));
          expect(await checkedSums(bands)).toEqual(expected);
        }
      },
    ),
    { numRuns: 30, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false },
  );
});
