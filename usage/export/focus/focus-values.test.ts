import { expect, test } from 'vitest';
import type { FocusLine } from './focus-line.ts';
import { focusValues } from './focus-values.ts';
import type { InvoiceCharge } from './invoice-charge.ts';
import { invoiceChargeValues } from './invoice-values.ts';
import { rowViolations } from './validate.ts';

const hour = 3_600_000;
const from = new Date('2026-11-01T00:00:00Z');

/** Ten hours of a machine at 0.05 an hour. */
const aLine = (more: Partial<FocusLine> = {}): FocusLine => ({
  id: 'rate_1',
  recordId: 'usg_1',
  usageType: 1,
  accountId: 'acct_1',
  accountName: 'acme',
  isProject: false,
  domainId: 'dom_1',
  domainName: 'customers',
  zoneId: 'zone_1',
  zoneName: 'Berlin',
  resourceId: 'vm_1',
  resourceName: 'web-1',
  attributes: { cpuCount: 2, tags: { team: 'web', env: 'prod' } },
  startedAt: from,
  endedAt: new Date(from.getTime() + 10 * hour),
  quantity: BigInt(10 * hour),
  invoiceNumber: null,
  invoiceIssuer: null,
  isCorrection: false,
  monthStartsAt: from,
  monthEndsAt: new Date('2026-12-01T00:00:00Z'),
  tariffName: 'machines',
  charge: 'use',
  tariffVersionId: 'trfv_1',
  unit: 'HOUR',
  currency: 'EUR',
  baseAmount: String(10 * hour),
  amount: String(10n * BigInt(hour) * 50_000_000_000n),
  unitSize: String(hour),
  ...more,
});

const valuesOf = (more: Partial<FocusLine> = {}) => focusValues(aLine(more), 'Nephos');
const violations = (more: Partial<FocusLine> = {}) => rowViolations(valuesOf(more));

test('a rated line is a row that the specification allows', () => {
  expect(violations()).toEqual([]);
  expect(valuesOf()).toMatchObject({
    BilledCost: '0.5',
    ListUnitPrice: '0.05',
    PricingQuantity: '10',
    PricingUnit: 'Hours',
    ConsumedQuantity: '36000',
    ConsumedUnit: 'Seconds',
    ChargeClass: null,
    SkuId: 'RUNNING_VM:use',
    Tags: '{"env":"prod","team":"web"}',
  });
});

test('what is rounded still is its price times its quantity', () => {
  const third = { baseAmount: '1', amount: '333333333333', unitSize: String(hour) };
  expect(violations(third)).toEqual([]);
  expect(violations({ baseAmount: '0', amount: '0' })).toEqual([]);
});

test('a correction of an earlier month takes back, at a price above zero', () => {
  const back = {
    baseAmount: String(-hour),
    amount: String(-BigInt(hour) * 50_000_000_000n),
    quantity: BigInt(-hour),
  };
  const values = valuesOf({ ...back, isCorrection: true });
  expect(values).toMatchObject({ ChargeClass: 'Correction', BilledCost: '-0.05', ListUnitPrice: '0.05' });
  expect(rowViolations(values)).toEqual([]);
  expect(valuesOf(back).ChargeClass).toBeNull();
});

const aCharge = (more: Partial<InvoiceCharge> = {}): InvoiceCharge => ({
  ...aLine({ invoiceNumber: '2026-000001', invoiceIssuer: 'Nephos GmbH' }),
  ...{ id: 'stmt_1/3', kind: 'TAX', label: 'VAT', percent: '6.0000', amount: '3.98' },
  ...more,
});

test.each([
  ['DISCOUNT', 'Credit', 'Discount: VAT, 6%'],
  ['TAX', 'Tax', 'Tax: VAT, 6%'],
  ['ROUNDING', 'Adjustment', 'Rounding: lines of the statement, less the exact costs'],
] as const)('%s of a statement is a row that the specification allows', (kind, category, description) => {
  const values = invoiceChargeValues(aCharge({ kind }), 'Nephos');
  expect(rowViolations(values)).toEqual([]);
  expect(values).toMatchObject({
    ...{ ChargeCategory: category, ChargeDescription: description, BilledCost: '3.98', ListCost: '3.98' },
    ...{ InvoiceId: '2026-000001', InvoiceIssuerName: 'Nephos GmbH', ProviderName: 'Nephos' },
    ...{ BillingAccountId: 'acct_1', SkuId: null, PricingQuantity: null, ResourceId: null },
  });
});

test('a credit of another cost than what is billed is told of', () => {
  const values = invoiceChargeValues(aCharge({ kind: 'DISCOUNT' }), 'Nephos');
  expect(rowViolations({ ...values, ListCost: '4' })).toEqual([
    'ListCost must be BilledCost when ChargeCategory is Credit',
  ]);
});

test.each([4, 21, 6, 31])('usage type %i makes a row', (usageType) => {
  expect(violations({ usageType, isProject: true, accountName: null, zoneName: null })).toEqual([]);
});

test.each([
  ['BilledCost', null, 'BilledCost must not be null'],
  ['BilledCost', '1,5', 'BilledCost must be a number: 1,5'],
  ['BillingCurrency', 'Euro', 'BillingCurrency must be a currency of ISO 4217: Euro'],
  ['ChargeCategory', 'Rent', 'ChargeCategory must be one of Usage, Purchase, Tax, Credit, Adjustment: Rent'],
  ['ChargePeriodStart', '2026-11-01', 'ChargePeriodStart must be a moment'],
  [
    'ConsumedQuantity',
    null,
    'ConsumedQuantity must be not null when ChargeCategory is Usage and ChargeClass is not Correction',
  ],
  ['ConsumedUnit', 'gigabyte-seconds', 'ConsumedUnit must be a unit: gigabyte-seconds'],
  ['ListUnitPrice', '-1', 'ListUnitPrice must not be negative: -1'],
  [
    'ContractedUnitPrice',
    '0.06',
    'ContractedCost must be ContractedUnitPrice times PricingQuantity when those are not null and ChargeClass is not Correction',
  ],
  ['ProviderName', ' ', 'ProviderName must not be empty'],
  ['RegionName', null, 'RegionName must be null exactly when RegionId is null'],
  ['ServiceSubcategory', 'Block Storage', 'ServiceSubcategory must be one of those of ServiceCategory'],
  ['Tags', '["web"]', 'Tags must be an object of plain values'],
])('%s of %j is told of', (column, cell, problem) => {
  expect(rowViolations({ ...valuesOf(), [column]: cell })).toContain(problem);
});
