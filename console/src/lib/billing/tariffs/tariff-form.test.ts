import { expect, it } from 'vitest';
import { blankTariff, draftInput, isPriceRight, wrongEnds } from './tariff-form.ts';
import { unitsOf } from './tariff-units.ts';

it('tiers rise, and the last has no end', () => {
  const tiers = [
    { upTo: '10', price: '1' },
    { upTo: '10', price: '0.5' },
    { upTo: '', price: '0.25' },
  ];
  expect(wrongEnds(tiers)).toEqual([1]);
  expect(wrongEnds([{ upTo: '', price: '1' }])).toEqual([]);
});

it('a price is a decimal of up to 12 places', () => {
  const price = { ...blankTariff('CNY').price, tiers: [{ upTo: '', price: '0.000000000001' }] };
  expect(isPriceRight(price)).toBe(true);
  for (const text of ['', '-1', '1,5', '0.0000000000001'])
    expect(isPriceRight({ ...price, tiers: [{ upTo: '', price: text }] })).toBe(false);
  expect(isPriceRight({ ...price, included: '1.5' })).toBe(false);
});

it('what is left empty is for everything', () => {
  const typed = blankTariff('cny');
  typed.price.tiers = [
    { upTo: '100', price: ' 0.5 ' },
    { upTo: '', price: '0.4' },
  ];
  expect(draftInput(typed)).toEqual({
    ...{ usageType: 1, charge: 'use', currency: 'CNY', accountId: null, domainId: null, zoneId: null },
    ...{ offeringId: null, tagKey: null, tagValue: null, condition: null },
    price: {
      ...{ unit: 'HOUR', included: null, validFrom: null },
      tiers: [
        { upTo: 100, price: '0.5' },
        { upTo: null, price: '0.4' },
      ],
    },
  });
});

it('only units that fit can be chosen', () => {
  expect(unitsOf(4)).toEqual(['GIB']);
  expect(unitsOf(6)).toContain('GIB_MONTH');
  expect(unitsOf(1)).not.toContain('GIB_MONTH');
});
