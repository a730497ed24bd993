import { expect, test } from 'vitest';
import { TariffChoice } from './choose-tariffs.ts';
import { validTariff, type StoredTariff } from './tariff.ts';
import type { UseShape } from './use.ts';

let made = 0;
function aTariff(name: string, more: Partial<StoredTariff> = {}) {
  made += 1;
  return validTariff({
    id: `trf_${String(made).padStart(4, '0')}`,
    versionId: name,
    usageType: 1,
    charge: 'use',
    currency: 'CNY',
    accountId: null,
    domainId: null,
    zoneId: null,
    offeringId: null,
    tagKey: null,
    tagValue: null,
    condition: null,
    unit: 'HOUR',
    tiers: [{ price: '1' }],
    includedUnits: 0n,
    ...more,
  });
}

const use: UseShape = {
  usageType: 1,
  accountId: 'acct_a',
  lineage: ['dom_root', 'dom_region', 'dom_customer'],
  zoneId: 'zone_1',
  attributes: { offeringId: 'soff_1', cpuCount: 4, tags: { team: 'red' } },
};

/** From the least to the most specific. */
const ladder = () => [
  aTariff('everywhere'),
  aTariff('condition', { condition: 'cpuCount == 4' }),
  aTariff('zone', { zoneId: 'zone_1' }),
  aTariff('any tag', { tagKey: 'team' }),
  aTariff('tag', { tagKey: 'team', tagValue: 'red' }),
  aTariff('offering', { offeringId: 'soff_1' }),
  aTariff('root', { domainId: 'dom_root' }),
  aTariff('domain', { domainId: 'dom_customer' }),
  aTariff('account', { accountId: 'acct_a' }),
];

const chosen = (tariffs: ReturnType<typeof ladder>, each: UseShape = use) =>
  new TariffChoice(tariffs).for(each).map(({ versionId }) => versionId);

test('the most specific applies, whatever the order', () => {
  const tariffs = ladder();
  for (let most = tariffs.length; most > 0; most -= 1) {
    const some = tariffs.slice(0, most);
    expect(chosen(some)).toEqual([tariffs[most - 1]?.versionId]);
    expect(chosen(some.toReversed())).toEqual([tariffs[most - 1]?.versionId]);
  }
});

test('what does not match does not apply', () => {
  const others = [
    aTariff('a', { accountId: 'acct_b' }),
    aTariff('b', { domainId: 'dom_other' }),
    aTariff('c', { zoneId: 'zone_2' }),
    aTariff('d', { offeringId: 'soff_2' }),
    aTariff('e', { tagKey: 'team', tagValue: 'blue' }),
    aTariff('f', { tagKey: 'toString' }),
    aTariff('g', { condition: 'cpuCount > 4' }),
    aTariff('h', { usageType: 2 }),
  ];
  expect(chosen(others)).toEqual([]);
});

test('different charges add up, and each has its own choice', () => {
  const tariffs = [
    aTariff('base'),
    aTariff('base of the account', { accountId: 'acct_a' }),
    aTariff('licence', { charge: 'licence' }),
    aTariff('licence elsewhere', { charge: 'licence', zoneId: 'zone_2' }),
  ];
  expect(chosen(tariffs).sort()).toEqual(['base of the account', 'licence']);
});

test('of two that are as specific, what was made later applies', () => {
  expect(chosen([aTariff('first'), aTariff('second')])).toEqual(['second']);
});
