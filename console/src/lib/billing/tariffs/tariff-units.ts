import { measureOf } from '../../usage/usage-types.ts';
import { m } from '#messages';
import type { TariffUnit } from './fragments.ts';

/** What a price is for: `… / hour`. */
export const unitLabels: Record<TariffUnit, () => string> = {
  HOUR: m.tariffs_unit_HOUR,
  DAY: m.tariffs_unit_DAY,
  MONTH: m.tariffs_unit_MONTH,
  CPU_HOUR: m.tariffs_unit_CPU_HOUR,
  CPU_MONTH: m.tariffs_unit_CPU_MONTH,
  GIB_MEMORY_HOUR: m.tariffs_unit_GIB_MEMORY_HOUR,
  GIB_MEMORY_MONTH: m.tariffs_unit_GIB_MEMORY_MONTH,
  GIB_HOUR: m.tariffs_unit_GIB_HOUR,
  GIB_MONTH: m.tariffs_unit_GIB_MONTH,
  GIB: m.tariffs_unit_GIB,
  MILLION_OPERATIONS: m.tariffs_unit_MILLION_OPERATIONS,
};

const ofTime: readonly TariffUnit[] = ['HOUR', 'DAY', 'MONTH'];
const ofMachine: readonly TariffUnit[] = ['CPU_HOUR', 'CPU_MONTH', 'GIB_MEMORY_HOUR', 'GIB_MEMORY_MONTH'];
const machineTypes: ReadonlySet<number> = new Set([1, 2]);
/** What has a size. */
const sizedTypes: ReadonlySet<number> = new Set([6, 7, 8, 9, 25, 26, 27, 28, 29]);

/** Units in which uses of a type can have a price, as the server has it. */
export function unitsOf(usageType: number): readonly TariffUnit[] {
  switch (measureOf(usageType)) {
    case 'BYTES':
      return ['GIB'];
    case 'OPERATIONS':
      return ['MILLION_OPERATIONS'];
    case 'TIME':
      if (machineTypes.has(usageType)) return [...ofTime, ...ofMachine];
      return sizedTypes.has(usageType) ? ['GIB_HOUR', 'GIB_MONTH', ...ofTime] : ofTime;
  }
}
