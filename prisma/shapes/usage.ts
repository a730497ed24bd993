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
  /** Of an address: the network that it is in. */
  networkId?: string;
  /** What its owner calls it by; prices and cost reports can go by them. */
  tags?: Record<string, string>;
  /** Of what is counted: how many bytes or operations the event stands for. Decimal text; records have it in a column. */
  quantity?: string;
}

/** A rule that the uses of a period must keep. */
export type UsageCheck =
  /** A resource is used in one way no longer than the period lasts. */
  | 'LONGER_THAN_PERIOD'
  /** It is used in one way once at a time. */
  | 'OVERLAP'
  /** What runs is allocated. */
  | 'RUNNING_UNALLOCATED'
  /** Nothing is used after it was removed. */
  | 'USED_AFTER_REMOVAL'
  /** What begins did not go on already. */
  | 'BEGAN_TWICE'
  /** What ends, or goes on in another shape, began. */
  | 'NEVER_BEGAN'
  /** What happened is told while events of its time are kept. It counts only then. */
  | 'TOO_LATE';

/** A rule that uses of a period broke. */
export interface UsageFinding {
  check: UsageCheck;
  count: number;
  /** A few of them. */
  examples: { usageType: number; resourceId: string; at: string }[];
}
