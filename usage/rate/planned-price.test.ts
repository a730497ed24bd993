import { GiB } from '@nephos/model/kernel/units.ts';
import { expect, test } from 'vitest';
import { TariffChoice } from './choose-tariffs.ts';
import { roundMoney } from './money.ts';
import { plannedPrices, type PlannedUse } from './planned-price.ts';
import { validTariff, type StoredTariff } from './tariff.ts';

const everywhere = {
  charge: 'use',
  currency: 'CNY',
  accountId: null,
  domainId: null,
  zoneId: null,
  offeringId: null,
  tagKey: null,
  tagValue: null,
  condition: null,
  includedUnits: 0n,
};

const machine: Omit<StoredTariff, 'tiers'> = {
  ...everywhere,
  id: 'trf_1',
  versionId: 'machine',
  usageType: 1,
  unit: 'CPU_HOUR',
};
const disk: StoredTariff = {
  ...everywhere,
  id: 'trf_2',
  versionId: 'disk',
  usageType: 6,
  unit: 'GIB_MONTH',
  tiers: [{ price: '0.35' }],
};

const place = { accountId: 'acct_1', lineage: ['dom_root'], zoneId: 'zone_1' };
const twoMachines: PlannedUse[] = [
  { use: { ...place, usageType: 1, attributes: { cpuCount: 4 } }, count: 2 },
  { use: { ...place, usageType: 6, attributes: { sizeBytes: (20n * GiB).toString() } }, count: 2 },
];

function pricesOf(tariffs: readonly StoredTariff[], used = 0n): [string, string, string][] {
  const choice = new TariffChoice(tariffs.map(validTariff));
  return plannedPrices(choice, twoMachines, () => used).map(({ currency, perHour, perMonth }) => [
    currency,
    roundMoney(perHour, 6),
    roundMoney(perMonth, 2),
  ]);
}

test('machines and their disks cost by hour and by month', () => {
  const price = { ...machine, tiers: [{ price: '0.1' }] };
  // 8 processors for 0.1 an hour, 40 GiB for 0.35 a month.
  expect(pricesOf([price, disk])).toEqual([['CNY', '0.819178', '598.00']]);
});

test('each use is a part of the price', () => {
  const choice = new TariffChoice([{ ...machine, tiers: [{ price: '0.1' }] }, disk].map(validTariff));
  const [price] = plannedPrices(choice, twoMachines, () => 0n);
  expect(
    price?.parts.map(({ use, count, perHour, perMonth }) => [
      use.usageType,
      count,
      roundMoney(perHour, 6),
      roundMoney(perMonth, 2),
    ]),
  ).toEqual([
    [1, 2, '0.800000', '584.00'],
    [6, 2, '0.019178', '14.00'],
  ]);
});

test('what was used in the month counts, and so does what is planned with it', () => {
  const price = { ...machine, includedUnits: 4n, tiers: [{ upTo: '4', price: '1' }, { price: '0.5' }] };
  expect(pricesOf([price])).toEqual([['CNY', '4.000000', ((8 * 730 - 8) * 0.5 + 4).toFixed(2)]]);
  expect(pricesOf([price], 1_000_000_000n)).toEqual([['CNY', '4.000000', '2920.00']]);
});

test('each currency has its own price, and without tariffs there is none', () => {
  const licence = { ...machine, id: 'trf_3', versionId: 'licence', charge: 'licence', currency: 'USD' };
  const tariffs = [disk, { ...licence, unit: 'MONTH' as const, tiers: [{ price: '7.3' }] }];
  expect(pricesOf(tariffs)).toEqual([
    ['CNY', '0.019178', '14.00'],
    ['USD', '0.020000', '14.60'],
  ]);
  expect(pricesOf([])).toEqual([]);
});
