import { m } from '#messages';

type Measure = 'TIME' | 'BYTES' | 'OPERATIONS';

/** What is metered, by CloudStack's number: what it is called, and what is measured of it. */
const kinds = new Map<number, [label: () => string, measure: Measure]>([
  [1, [m.usage_type_1, 'TIME']],
  [2, [m.usage_type_2, 'TIME']],
  [4, [m.usage_type_4, 'BYTES']],
  [5, [m.usage_type_5, 'BYTES']],
  [6, [m.usage_type_6, 'TIME']],
  [7, [m.usage_type_7, 'TIME']],
  [8, [m.usage_type_8, 'TIME']],
  [21, [m.usage_type_21, 'OPERATIONS']],
  [22, [m.usage_type_22, 'OPERATIONS']],
  [23, [m.usage_type_23, 'BYTES']],
  [24, [m.usage_type_24, 'BYTES']],
  [25, [m.usage_type_25, 'TIME']],
  [27, [m.usage_type_27, 'TIME']],
]);

export const usageTypes = [...kinds.keys()].map(String);

export function usageTypeLabel(type: number): string {
  return kinds.get(type)?.[0]() ?? m.usage_type_other({ number: type });
}

export function measureOf(type: number): Measure {
  return kinds.get(type)?.[1] ?? 'TIME';
}
