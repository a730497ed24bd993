import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import type { Measure } from './units.ts';

/** Whose use of what, where: all that the choice of a tariff depends on. */
export interface UseShape {
  /** CloudStack's number. */
  usageType: number;
  accountId: string;
  /** The account's domain and those above it, ROOT first. */
  lineage: readonly string[];
  zoneId: string;
  attributes: UsageAttributes;
}

/** What one millisecond, byte or operation of a use counts for. What has no size counts nothing by its size. */
export function factorOf(measure: Measure, attributes: UsageAttributes): bigint {
  switch (measure) {
    case 'TIME':
    case 'BYTES':
    case 'OPERATIONS':
      return 1n;
    case 'SIZE_TIME':
      return BigInt(attributes.sizeBytes ?? 0);
    case 'CPU_TIME':
      return BigInt(attributes.cpuCount ?? 0);
    case 'MEMORY_TIME':
      return BigInt(attributes.memoryBytes ?? 0);
  }
}
