import {
  before,
  billedIfCredit,
  nullIfNull,
  nullWith,
  ofPricedCharges,
  ofUsage,
  productOf,
  type FocusColumn,
  type FocusLevel,
  type FocusRule,
  type FocusType,
} from './focus-column.ts';
import { categoryOf, serviceCategories, serviceSubcategories } from './service-values.ts';

/** The version of the FinOps Open Cost and Usage Specification whose columns these are. */
export const focusVersion = '1.2';

type More = Omit<Partial<FocusColumn>, 'id' | 'level' | 'type' | 'allowsNull' | 'rules'>;

const column =
  (level: FocusLevel, allowsNull: boolean) =>
  (id: string, type: FocusType, rules: readonly FocusRule[] = [], more: More = {}): FocusColumn => ({
    id,
    level,
    type,
    allowsNull,
    rules,
    ...more,
  });

const mandatory = column('Mandatory', false);
const mandatoryOrNull = column('Mandatory', true);
const conditional = column('Conditional', true);
const recommended = column('Recommended', false);

const noReservations = { absentBecause: 'Nephos sells no reserved capacity' };
const noCommitments = { absentBecause: 'Nephos sells no commitments' };
const noSubAccounts = { absentBecause: 'every account, and every project, gets statements of its own' };
const oneCurrency = { absentBecause: 'prices and bills are in one currency' };
const used = ['Used', 'Unused'];

const ofCommitment = (id: string) => nullWith(id, 'CommitmentDiscountId');

const sameCategory: FocusRule = {
  says: 'one of those of ServiceCategory',
  holds: ({ ServiceCategory, ServiceSubcategory }) =>
    typeof ServiceSubcategory !== 'string' || categoryOf(ServiceSubcategory) === ServiceCategory,
};

const notUsageOfPurchase: FocusRule = {
  says: 'not Usage-Based when ChargeCategory is Purchase',
  holds: ({ ChargeCategory, ChargeFrequency }) =>
    ChargeCategory !== 'Purchase' || ChargeFrequency !== 'Usage-Based',
};

/**
 * Every column of FOCUS, in alphabetical order, with what the specification demands of it.
 * Source: https://github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec at v1.2, specification/columns.
 */
export const focusColumns: readonly FocusColumn[] = [
  column('Recommended', true)('AvailabilityZone', 'String', [], {
    absentBecause: 'a zone of Nephos is a region; what is within it is not what a tenant chooses',
  }),
  mandatory('BilledCost', 'Decimal'),
  mandatory('BillingAccountId', 'String'),
  mandatoryOrNull('BillingAccountName', 'String'),
  column('Conditional', false)('BillingAccountType', 'String', [
    nullWith('BillingAccountType', 'BillingAccountId'),
  ]),
  mandatory('BillingCurrency', 'String', [], { format: 'currency' }),
  mandatory('BillingPeriodEnd', 'Date/Time'),
  mandatory('BillingPeriodStart', 'Date/Time', [before('BillingPeriodStart', 'BillingPeriodEnd')]),
  conditional('CapacityReservationId', 'String', [], noReservations),
  conditional(
    'CapacityReservationStatus',
    'String',
    [nullIfNull('CapacityReservationStatus', 'CapacityReservationId')],
    { values: used, ...noReservations },
  ),
  mandatory('ChargeCategory', 'String', [], {
    values: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  }),
  mandatoryOrNull('ChargeClass', 'String', [], { values: ['Correction'] }),
  mandatoryOrNull('ChargeDescription', 'String'),
  recommended('ChargeFrequency', 'String', [notUsageOfPurchase], {
    values: ['One-Time', 'Recurring', 'Usage-Based'],
  }),
  mandatory('ChargePeriodEnd', 'Date/Time'),
  mandatory('ChargePeriodStart', 'Date/Time', [before('ChargePeriodStart', 'ChargePeriodEnd')]),
  conditional('CommitmentDiscountCategory', 'String', [ofCommitment('CommitmentDiscountCategory')], {
    values: ['Spend', 'Usage'],
    ...noCommitments,
  }),
  conditional('CommitmentDiscountId', 'String', [], noCommitments),
  conditional(
    'CommitmentDiscountName',
    'String',
    [nullIfNull('CommitmentDiscountName', 'CommitmentDiscountId')],
    noCommitments,
  ),
  conditional(
    'CommitmentDiscountQuantity',
    'Decimal',
    [nullIfNull('CommitmentDiscountQuantity', 'CommitmentDiscountId')],
    noCommitments,
  ),
  conditional(
    'CommitmentDiscountStatus',
    'String',
    [nullIfNull('CommitmentDiscountStatus', 'CommitmentDiscountId')],
    { values: used, ...noCommitments },
  ),
  conditional('CommitmentDiscountType', 'String', [ofCommitment('CommitmentDiscountType')], noCommitments),
  conditional(
    'CommitmentDiscountUnit',
    'String',
    [nullWith('CommitmentDiscountUnit', 'CommitmentDiscountQuantity')],
    { format: 'unit', ...noCommitments },
  ),
  conditional('ConsumedQuantity', 'Decimal', ofUsage('ConsumedQuantity')),
  conditional('ConsumedUnit', 'String', [nullWith('ConsumedUnit', 'ConsumedQuantity')], { format: 'unit' }),
  mandatory('ContractedCost', 'Decimal', [
    productOf('ContractedCost', 'ContractedUnitPrice'),
    billedIfCredit('ContractedCost'),
  ]),
  conditional('ContractedUnitPrice', 'Decimal', ofPricedCharges('ContractedUnitPrice'), {
    isNonNegative: true,
  }),
  mandatory('EffectiveCost', 'Decimal', [billedIfCredit('EffectiveCost')]),
  column('Recommended', true)('InvoiceId', 'String'),
  mandatory('InvoiceIssuerName', 'String'),
  mandatory('ListCost', 'Decimal', [productOf('ListCost', 'ListUnitPrice'), billedIfCredit('ListCost')]),
  conditional('ListUnitPrice', 'Decimal', ofPricedCharges('ListUnitPrice'), { isNonNegative: true }),
  conditional('PricingCategory', 'String', ofPricedCharges('PricingCategory'), {
    values: ['Standard', 'Dynamic', 'Committed', 'Other'],
  }),
  conditional('PricingCurrency', 'String', [], { format: 'currency', ...oneCurrency }),
  conditional(
    'PricingCurrencyContractedUnitPrice',
    'Decimal',
    ofPricedCharges('PricingCurrencyContractedUnitPrice'),
    { isNonNegative: true, ...oneCurrency },
  ),
  conditional('PricingCurrencyEffectiveCost', 'Decimal', [], oneCurrency),
  conditional('PricingCurrencyListUnitPrice', 'Decimal', ofPricedCharges('PricingCurrencyListUnitPrice'), {
    isNonNegative: true,
    ...oneCurrency,
  }),
  mandatoryOrNull('PricingQuantity', 'Decimal', ofPricedCharges('PricingQuantity')),
  mandatoryOrNull('PricingUnit', 'String', [nullWith('PricingUnit', 'PricingQuantity')], { format: 'unit' }),
  mandatory('ProviderName', 'String'),
  mandatory('PublisherName', 'String'),
  conditional('RegionId', 'String'),
  conditional('RegionName', 'String', [nullWith('RegionName', 'RegionId')]),
  conditional('ResourceId', 'String'),
  conditional('ResourceName', 'String', [nullIfNull('ResourceName', 'ResourceId')]),
  conditional('ResourceType', 'String', [nullWith('ResourceType', 'ResourceId')]),
  mandatory('ServiceCategory', 'String', [], { values: serviceCategories }),
  mandatory('ServiceName', 'String'),
  recommended('ServiceSubcategory', 'String', [sameCategory], { values: serviceSubcategories }),
  conditional('SkuId', 'String', ofPricedCharges('SkuId')),
  conditional('SkuMeter', 'String', [nullIfNull('SkuMeter', 'SkuId')]),
  conditional('SkuPriceDetails', 'JSON', [nullIfNull('SkuPriceDetails', 'SkuPriceId')]),
  conditional('SkuPriceId', 'String', ofPricedCharges('SkuPriceId')),
  conditional('SubAccountId', 'String', [], noSubAccounts),
  conditional('SubAccountName', 'String', [nullWith('SubAccountName', 'SubAccountId')], noSubAccounts),
  conditional('SubAccountType', 'String', [nullWith('SubAccountType', 'SubAccountId')], noSubAccounts),
  conditional('Tags', 'JSON'),
];

/** Those that files of Nephos have. */
export const presentFocusColumns = focusColumns.filter(({ absentBecause }) => absentBecause === undefined);
