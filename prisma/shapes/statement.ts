import type { StoredTier } from './tariff.ts';

/** Who sends a statement, and to whom, as they were when it was issued. */
export interface StatementParties {
  issuer: {
    name: string;
    /** Lines of text, and empty where the settings say nothing. */
    address: string;
    taxId: string;
    contact: string;
  };
  customer: { account: string; domain: string };
}

/** A discount or a tax that was valid in a statement's month. */
export interface StatementAdjustment {
  id: string;
  kind: 'DISCOUNT' | 'TAX';
  label: string;
  /** Decimal text. */
  percent: string;
  usageTypes: number[];
  accountId: string | null;
  domainId: string | null;
}

/** What a correction of a statement is reckoned with. */
export interface StatementAdjustments {
  /** The account's domain and those above it, ROOT first. */
  lineage: string[];
  adjustments: StatementAdjustment[];
}

/** The price of a line's units. */
export interface StatementPrice {
  /** In the order of their amounts; the last has no end. */
  tiers: StoredTier[];
  /** Decimal text: whole units that were free in the month. */
  included: string;
}
