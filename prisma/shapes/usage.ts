/** What a price may depend on, as it was when the usage event happened. */
export interface UsageAttributes {
  offeringId?: string;
  offeringName?: string;
  templateId?: string;
  cpuCount?: number;
  cpuMhz?: number;
  /** Decimal text, in bytes. */
  memoryBytes?: string;
  /** Decimal text, in bytes. */
  sizeBytes?: string;
}
