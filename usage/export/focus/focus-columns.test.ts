import { expect, test } from 'vitest';
import { focusColumns, presentFocusColumns } from './focus-columns.ts';
import { isFocusNumber, isFocusUnit, isKeyValue } from './focus-formats.ts';
import { focusFileColumns } from './focus-file-columns.ts';
import { pricingUnits } from './focus-units.ts';
import { categoryOf } from './service-values.ts';
import { focusServices } from './services.ts';
import { columnViolations } from './validate.ts';

/** The tables of content constraints in the specification, 1.2: level, type, whether null is allowed. */
const specification = `
AvailabilityZone Recommended String null
BilledCost Mandatory Decimal
BillingAccountId Mandatory String
BillingAccountName Mandatory String null
BillingAccountType Conditional String
BillingCurrency Mandatory String
BillingPeriodEnd Mandatory Date/Time
BillingPeriodStart Mandatory Date/Time
CapacityReservationId Conditional String null
CapacityReservationStatus Conditional String null
ChargeCategory Mandatory String
ChargeClass Mandatory String null
ChargeDescription Mandatory String null
ChargeFrequency Recommended String
ChargePeriodEnd Mandatory Date/Time
ChargePeriodStart Mandatory Date/Time
CommitmentDiscountCategory Conditional String null
CommitmentDiscountId Conditional String null
CommitmentDiscountName Conditional String null
CommitmentDiscountQuantity Conditional Decimal null
CommitmentDiscountStatus Conditional String null
CommitmentDiscountType Conditional String null
CommitmentDiscountUnit Conditional String null
ConsumedQuantity Conditional Decimal null
ConsumedUnit Conditional String null
ContractedCost Mandatory Decimal
ContractedUnitPrice Conditional Decimal null
EffectiveCost Mandatory Decimal
InvoiceId Recommended String null
InvoiceIssuerName Mandatory String
ListCost Mandatory Decimal
ListUnitPrice Conditional Decimal null
PricingCategory Conditional String null
PricingCurrency Conditional String null
PricingCurrencyContractedUnitPrice Conditional Decimal null
PricingCurrencyEffectiveCost Conditional Decimal null
PricingCurrencyListUnitPrice Conditional Decimal null
PricingQuantity Mandatory Decimal null
PricingUnit Mandatory String null
ProviderName Mandatory String
PublisherName Mandatory String
RegionId Conditional String null
RegionName Conditional String null
ResourceId Conditional String null
ResourceName Conditional String null
ResourceType Conditional String null
ServiceCategory Mandatory String
ServiceName Mandatory String
ServiceSubcategory Recommended String
SkuId Conditional String null
SkuMeter Conditional String null
SkuPriceDetails Conditional JSON null
SkuPriceId Conditional String null
SubAccountId Conditional String null
SubAccountName Conditional String null
SubAccountType Conditional String null
Tags Conditional JSON null`;

test('every column of the specification is there, with its level, type and nullability', () => {
  const listed = focusColumns.map(({ id, level, type, allowsNull }) =>
    [id, level, type, ...(allowsNull ? ['null'] : [])].join(' '),
  );
  expect(listed).toEqual(specification.trim().split('\n'));
});

test('what columns demand beyond that', () => {
  const demands = focusColumns
    .flatMap(({ id, format, isNonNegative, rules }) => [
      ...(format === undefined ? [] : [`${id}: ${format}`]),
      ...(isNonNegative === true ? [`${id}: not negative`] : []),
      ...rules.map(({ says }) => `${id}: ${says}`),
    ])
    .join('\n');
  expect(demands).toMatchInlineSnapshot(`
    "BillingAccountType: null exactly when BillingAccountId is null
    BillingCurrency: currency
    BillingPeriodStart: not after BillingPeriodEnd
    CapacityReservationStatus: null when CapacityReservationId is null
    ChargeFrequency: not Usage-Based when ChargeCategory is Purchase
    ChargePeriodStart: not after ChargePeriodEnd
    CommitmentDiscountCategory: null exactly when CommitmentDiscountId is null
    CommitmentDiscountName: null when CommitmentDiscountId is null
    CommitmentDiscountQuantity: null when CommitmentDiscountId is null
    CommitmentDiscountStatus: null when CommitmentDiscountId is null
    CommitmentDiscountType: null exactly when CommitmentDiscountId is null
    CommitmentDiscountUnit: unit
    CommitmentDiscountUnit: null exactly when CommitmentDiscountQuantity is null
    ConsumedQuantity: null when ChargeCategory is not Usage
    ConsumedQuantity: not null when ChargeCategory is Usage and ChargeClass is not Correction
    ConsumedUnit: unit
    ConsumedUnit: null exactly when ConsumedQuantity is null
    ContractedCost: ContractedUnitPrice times PricingQuantity when those are not null and ChargeClass is not Correction
    ContractedCost: BilledCost when ChargeCategory is Credit
    ContractedUnitPrice: not negative
    ContractedUnitPrice: null when ChargeCategory is Tax
    ContractedUnitPrice: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    EffectiveCost: BilledCost when ChargeCategory is Credit
    ListCost: ListUnitPrice times PricingQuantity when those are not null and ChargeClass is not Correction
    ListCost: BilledCost when ChargeCategory is Credit
    ListUnitPrice: not negative
    ListUnitPrice: null when ChargeCategory is Tax
    ListUnitPrice: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    PricingCategory: null when ChargeCategory is Tax
    PricingCategory: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    PricingCurrency: currency
    PricingCurrencyContractedUnitPrice: not negative
    PricingCurrencyContractedUnitPrice: null when ChargeCategory is Tax
    PricingCurrencyContractedUnitPrice: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    PricingCurrencyListUnitPrice: not negative
    PricingCurrencyListUnitPrice: null when ChargeCategory is Tax
    PricingCurrencyListUnitPrice: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    PricingQuantity: null when ChargeCategory is Tax
    PricingQuantity: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    PricingUnit: unit
    PricingUnit: null exactly when PricingQuantity is null
    RegionName: null exactly when RegionId is null
    ResourceName: null when ResourceId is null
    ResourceType: null exactly when ResourceId is null
    ServiceSubcategory: one of those of ServiceCategory
    SkuId: null when ChargeCategory is Tax
    SkuId: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    SkuMeter: null when SkuId is null
    SkuPriceDetails: null when SkuPriceId is null
    SkuPriceId: null when ChargeCategory is Tax
    SkuPriceId: not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction
    SubAccountName: null exactly when SubAccountId is null
    SubAccountType: null exactly when SubAccountId is null"
  `);
});

test('columns that files do not have say why, and none of them is mandatory', () => {
  const absent = focusColumns.filter(({ absentBecause }) => absentBecause !== undefined);
  expect(absent.filter(({ level }) => level === 'Mandatory')).toEqual([]);
  expect(absent.length + presentFocusColumns.length).toBe(focusColumns.length);
});

test('a file has columns of the specification first, then our own', () => {
  expect(columnViolations(focusFileColumns.map(({ name }) => name))).toEqual([]);
});

test('a file that lacks, mixes or invents columns is told of', () => {
  const names = focusFileColumns.map(({ name }) => name).filter((name) => name !== 'BilledCost');
  expect(columnViolations([...names, 'Tags', 'Cost', 'x_small'])).toEqual([
    'BilledCost is missing',
    'Cost is no column',
    'x_small is no column',
    'Tags stands after custom columns',
  ]);
});

test('every usage type is of a service with one category and one subcategory', () => {
  const categories = new Map<string, string>();
  for (const { name, category, subcategory } of Object.values(focusServices)) {
    expect(categoryOf(subcategory)).toBe(category);
    expect(categories.get(name) ?? subcategory).toBe(subcategory);
    categories.set(name, subcategory);
  }
});

test.each(Object.values(pricingUnits))('%s is a unit', (unit) => {
  expect(isFocusUnit(unit)).toBe(true);
});

test.each(['hours', 'GB hours', 'gigabyte-seconds', 'GBs', 'Hour', 'GiB-Hour', '0 Requests', ''])(
  '%j is no unit',
  (unit) => {
    expect(isFocusUnit(unit)).toBe(false);
  },
);

test.each(['-100.2', '-3', '4', '35.2E-7', '1.234'])('%s is a number', (text) => {
  expect(isFocusNumber(text)).toBe(true);
});

test.each(['1 1/2', '35.2E+7', '35.24 x 10^7', '[3,5,8]', '32 GiB', '$32', '3,432,342', '+333', ''])(
  '%j is no number',
  (text) => {
    expect(isFocusNumber(text)).toBe(false);
  },
);

test.each([
  ['{"a":"b","c":1,"d":true,"e":null}', true],
  ['{"a":{"b":1}}', false],
  ['{"a":[1]}', false],
  ['[]', false],
  ['null', false],
  ['{', false],
])('%s as key-value format: %s', (text, isFine) => {
  expect(isKeyValue(text)).toBe(isFine);
});
