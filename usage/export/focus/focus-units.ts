import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import { quotientText } from '../cost.ts';
import { findUsageKind } from '../../usage-types.ts';

/** Units of price in the specification's words. */
export const pricingUnits: Record<TariffUnit, string> = {
  HOUR: 'Hours',
  DAY: 'Days',
  MONTH: 'Months',
  CPU_HOUR: 'Core-Hours',
  CPU_MONTH: 'Core-Months',
  GIB_MEMORY_HOUR: 'GiB-Hours',
  GIB_MEMORY_MONTH: 'GiB-Months',
  GIB_HOUR: 'GiB-Hours',
  GIB_MONTH: 'GiB-Months',
  GIB: 'GiB',
  MILLION_OPERATIONS: '1000000 Requests',
};

const millisecondsOfSecond = 1000n;

/** How much was used, in a unit in which that is exact, whatever unit has the price. */
export function consumed(usageType: number, quantity: bigint): { quantity: string; unit: string } {
  switch (findUsageKind(usageType)?.measure) {
    case 'BYTES':
      return { quantity: quantity.toString(), unit: 'B' };
    case 'OPERATIONS':
      return { quantity: quantity.toString(), unit: 'Requests' };
    default:
      return { quantity: quotientText(quantity, millisecondsOfSecond), unit: 'Seconds' };
  }
}
