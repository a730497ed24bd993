import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import type { Measure } from './units.ts';
import { factorOf } from './use.ts';

/** Up to what a use is paid for in advance. */
export interface Cover {
  /** The tariff that the price was reckoned by. */
  tariffId: string;
  /** Of a machine; of what has none, `null`. */
  cpuCount: number | null;
  memoryBytes: bigint | null;
  /** Of a disk. */
  sizeBytes: bigint | null;
}

/**
 * What one millisecond of a use counts for beyond what is paid for: `factorOf` less what is covered, and nothing where it
 * has become smaller. What is priced by time alone cannot be taken apart: it is covered as a whole by the tariff that the
 * price was reckoned by, and by another, for instance that of a larger offering, as long as it has not become larger.
 */
export function uncoveredFactor(
  measure: Measure,
  attributes: UsageAttributes,
  { cover, tariffId }: { cover: Cover; tariffId: string },
): bigint {
  const left = factorOf(measure, attributes) - coveredFactor(measure, attributes, { cover, tariffId });
  return left > 0n ? left : 0n;
}

function coveredFactor(
  measure: Measure,
  attributes: UsageAttributes,
  { cover, tariffId }: { cover: Cover; tariffId: string },
): bigint {
  switch (measure) {
    case 'TIME':
      return tariffId === cover.tariffId || isWithin(attributes, cover) ? 1n : 0n;
    case 'CPU_TIME':
      return BigInt(cover.cpuCount ?? 0);
    case 'MEMORY_TIME':
      return cover.memoryBytes ?? 0n;
    case 'SIZE_TIME':
      return cover.sizeBytes ?? 0n;
    case 'BYTES':
    case 'OPERATIONS':
      return 0n;
  }
}

function isWithin({ cpuCount, memoryBytes, sizeBytes }: UsageAttributes, cover: Cover): boolean {
  return (
    (cpuCount ?? 0) <= (cover.cpuCount ?? 0) &&
    BigInt(memoryBytes ?? 0) <= (cover.memoryBytes ?? 0n) &&
    BigInt(sizeBytes ?? 0) <= (cover.sizeBytes ?? 0n)
  );
}
