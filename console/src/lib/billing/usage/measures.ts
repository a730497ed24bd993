import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { locale } from '../../i18n/locale.svelte.ts';
import { measureOf } from '../../usage/usage-types.ts';
import { m } from '#messages';
import type { UsageSum } from './usage-sum-queries.ts';

/** A way in which people count what was used. */
export type Measure = 'HOURS' | 'CPU_HOURS' | 'GIB_MEMORY_HOURS' | 'GIB_HOURS' | 'BYTES' | 'OPERATIONS';

type Quantities = Pick<UsageSum, 'quantity' | 'cpuQuantity' | 'memoryQuantity' | 'sizeQuantity'>;

const hourMs = 3_600_000;
const gib = 1024 ** 3;

/** What each measure is of a sum; 0 where it has none of it. */
export function amountOf(
  measure: Measure,
  { quantity, cpuQuantity, memoryQuantity, sizeQuantity }: Quantities,
): number {
  switch (measure) {
    case 'HOURS':
      return Number(quantity) / hourMs;
    case 'CPU_HOURS':
      return Number(cpuQuantity ?? 0) / hourMs;
    case 'GIB_MEMORY_HOURS':
      return Number(memoryQuantity ?? 0) / hourMs / gib;
    case 'GIB_HOURS':
      return Number(sizeQuantity ?? 0) / hourMs / gib;
    case 'BYTES':
    case 'OPERATIONS':
      return Number(quantity);
  }
}

/** Measures that say something of a type, the most telling first. */
export function measuresOf(usageType: number): Measure[] {
  switch (measureOf(usageType)) {
    case 'BYTES':
      return ['BYTES'];
    case 'OPERATIONS':
      return ['OPERATIONS'];
    case 'TIME':
      return usageType <= 2 ? ['HOURS', 'CPU_HOURS', 'GIB_MEMORY_HOURS'] : ['GIB_HOURS', 'HOURS'];
  }
}

export const measureLabels: Record<Measure, () => string> = {
  HOURS: m.explorer_measure_HOURS,
  CPU_HOURS: m.explorer_measure_CPU_HOURS,
  GIB_MEMORY_HOURS: m.explorer_measure_GIB_MEMORY_HOURS,
  GIB_HOURS: m.explorer_measure_GIB_HOURS,
  BYTES: m.explorer_measure_BYTES,
  OPERATIONS: m.explorer_measure_OPERATIONS,
};

/** An amount with its unit: `1,204.5 h`. */
export function amountText(measure: Measure, amount: number): string {
  const digits = Math.abs(amount) < 10 ? 2 : Math.abs(amount) < 1000 ? 1 : 0;
  return withUnit(measure, amount, formatNumber(amount, digits));
}

/** The same for a place where there is little room: `57.6K GiB-h`. */
export function shortAmountText(measure: Measure, amount: number): string {
  const format = new Intl.NumberFormat(locale.current, { notation: 'compact', maximumFractionDigits: 1 });
  return withUnit(measure, amount, format.format(amount));
}

function withUnit(measure: Measure, amount: number, number: string): string {
  switch (measure) {
    case 'HOURS':
      return m.explorer_hours({ number });
    case 'CPU_HOURS':
      return m.explorer_cpu_hours({ number });
    case 'GIB_MEMORY_HOURS':
    case 'GIB_HOURS':
      return m.explorer_gib_hours({ number });
    case 'BYTES':
      return amount < 0 ? `−${formatBytes(-amount)}` : formatBytes(amount);
    case 'OPERATIONS':
      return number;
  }
}
