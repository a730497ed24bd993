import type { Cell } from '../column.ts';

/** Whether a file must have a column: always, when the provider has what it is about, or better so. */
export type FocusLevel = 'Mandatory' | 'Conditional' | 'Recommended';

/** Types of the specification; JSON is what it calls key-value format. */
export type FocusType = 'String' | 'Decimal' | 'Date/Time' | 'JSON';

/** Cells of one row, by column. */
export type FocusValues = Readonly<Record<string, Cell>>;

/** One row of a file, by column. What a file does not have is `undefined`. */
export type FocusRow = Readonly<Record<string, Cell | undefined>>;

/** Something that a row must keep, beyond what one cell can break. */
export interface FocusRule {
  /** For people, and the test that lists all rules. */
  says: string;
  holds(row: FocusRow): boolean;
}

/** A column of the specification: what it demands, as data. */
export interface FocusColumn {
  /** As it stands in files: `BilledCost`. */
  id: string;
  level: FocusLevel;
  type: FocusType;
  allowsNull: boolean;
  /** How text must be written, beside its type. */
  format?: 'currency' | 'unit';
  /** Nothing else is allowed. */
  values?: readonly string[];
  isNonNegative?: true;
  rules: readonly FocusRule[];
  /** Why files of Nephos do not have it. */
  absentBecause?: string;
}

const isNull = (row: FocusRow, id: string) => row[id] === null || row[id] === undefined;

const isUsageOrPurchase = ({ ChargeCategory: category }: FocusRow) =>
  category === 'Usage' || category === 'Purchase';

const isCorrection = ({ ChargeClass: chargeClass }: FocusRow) => chargeClass === 'Correction';

/** `id` has a value exactly when `other` has one. */
export const nullWith = (id: string, other: string): FocusRule => ({
  says: `null exactly when ${other} is null`,
  holds: (row) => isNull(row, id) === isNull(row, other),
});

/** `id` has no value when `other` has none. */
export const nullIfNull = (id: string, other: string): FocusRule => ({
  says: `null when ${other} is null`,
  holds: (row) => !isNull(row, other) || isNull(row, id),
});

/** What every charge with a price has, and a tax has not. */
export const ofPricedCharges = (id: string): readonly FocusRule[] => [
  {
    says: 'null when ChargeCategory is Tax',
    holds: (row) => row.ChargeCategory !== 'Tax' || isNull(row, id),
  },
  {
    says: 'not null when ChargeCategory is Usage or Purchase and ChargeClass is not Correction',
    holds: (row) => !isUsageOrPurchase(row) || isCorrection(row) || !isNull(row, id),
  },
];

/** `id` begins before `end` ends. */
export const before = (id: string, end: string): FocusRule => ({
  says: `not after ${end}`,
  holds: (row) => {
    const [from, until] = [row[id], row[end]];
    return !(from instanceof Date) || !(until instanceof Date) || from <= until;
  },
});

/** Prices are rounded; their products with amounts of thousands of units may differ that much from an exact cost. */
const tolerance = 1e-9;

/** A cost is what its unit price makes with the pricing quantity. */
export const productOf = (cost: string, price: string): FocusRule => ({
  says: `${price} times PricingQuantity when those are not null and ChargeClass is not Correction`,
  holds: (row) => {
    if (isCorrection(row) || isNull(row, price) || isNull(row, 'PricingQuantity')) return true;
    const product = Number(row[price]) * Number(row.PricingQuantity);
    return Math.abs(product - Number(row[cost])) <= tolerance * Math.max(1, Math.abs(product));
  },
});

/** Of a credit, which follows from no other charge, every cost is what is billed. */
export const billedIfCredit = (cost: string): FocusRule => ({
  says: 'BilledCost when ChargeCategory is Credit',
  holds: (row) => row.ChargeCategory !== 'Credit' || row[cost] === row.BilledCost,
});

/** `id` has a value for whatever was used, unless that corrects something. */
export const ofUsage = (id: string): readonly FocusRule[] => [
  {
    says: 'null when ChargeCategory is not Usage',
    holds: (row) => row.ChargeCategory === 'Usage' || isNull(row, id),
  },
  {
    says: 'not null when ChargeCategory is Usage and ChargeClass is not Correction',
    holds: (row) => row.ChargeCategory !== 'Usage' || isCorrection(row) || !isNull(row, id),
  },
];
