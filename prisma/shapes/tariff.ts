/** A tier of a price, as it is stored. */
export interface StoredTier {
  /** Decimal text: whole units in a month, counted from where the included amount ends. Absent: all that is beyond. */
  upTo?: string;
  /** Decimal text, in the tariff's currency. */
  price: string;
}
