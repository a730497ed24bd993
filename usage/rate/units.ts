import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import { GiB } from '@nephos/model/kernel/units.ts';
import { findUsageKind, usageCatalogue, type UsageKind } from '../usage-types.ts';

/**
 * What of a use is counted, in whole base amounts:
 * - `TIME`: milliseconds of use;
 * - `SIZE_TIME`: milliseconds times bytes of size;
 * - `CPU_TIME`: milliseconds times processors;
 * - `MEMORY_TIME`: milliseconds times bytes of memory;
 * - `BYTES`: bytes that went through;
 * - `OPERATIONS`: requests.
 */
export type Measure = 'TIME' | 'SIZE_TIME' | 'CPU_TIME' | 'MEMORY_TIME' | 'BYTES' | 'OPERATIONS';

/** A unit that prices are given for. */
export interface Unit {
  measure: Measure;
  /** How many base amounts of its measure make one unit, exactly. */
  size: bigint;
}

const hour = 3_600_000n;
const day = 24n * hour;
/** 365 days, divided by twelve: every month costs the same. */
const month = 730n * hour;

/** Every unit of price. */
export const units: Record<TariffUnit, Unit> = {
  HOUR: { measure: 'TIME', size: hour },
  DAY: { measure: 'TIME', size: day },
  MONTH: { measure: 'TIME', size: month },
  CPU_HOUR: { measure: 'CPU_TIME', size: hour },
  CPU_MONTH: { measure: 'CPU_TIME', size: month },
  GIB_MEMORY_HOUR: { measure: 'MEMORY_TIME', size: GiB * hour },
  GIB_MEMORY_MONTH: { measure: 'MEMORY_TIME', size: GiB * month },
  GIB_HOUR: { measure: 'SIZE_TIME', size: GiB * hour },
  GIB_MONTH: { measure: 'SIZE_TIME', size: GiB * month },
  GIB: { measure: 'BYTES', size: GiB },
  MILLION_OPERATIONS: { measure: 'OPERATIONS', size: 1_000_000n },
};

const machineTypes: ReadonlySet<number> = new Set([
  usageCatalogue.RUNNING_VM.number,
  usageCatalogue.ALLOCATED_VM.number,
]);

/** Milliseconds of what a plan calls an hour and a month. */
export const plannedTimes = { hour, month } as const;

/** What can be counted of a use: of machines their processors and memory too, of what has a size its size. */
function measuresOf({ number, measure, isSized }: UsageKind): readonly Measure[] {
  if (machineTypes.has(number)) return ['TIME', 'CPU_TIME', 'MEMORY_TIME'];
  return isSized ? ['TIME', 'SIZE_TIME'] : [measure];
}

/** Units in which a usage type, by CloudStack's number, can have a price; none for a number that is no usage type. */
export function unitsOfType(usageType: number): TariffUnit[] {
  const kind = findUsageKind(usageType);
  if (kind === undefined) return [];
  const measures = measuresOf(kind);
  return (Object.keys(units) as TariffUnit[]).filter((unit) => measures.includes(units[unit].measure));
}
