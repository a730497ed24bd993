import { m } from '#messages';

const labels = new Map<number, () => string>([
  [1, m.usage_type_1],
  [2, m.usage_type_2],
  [6, m.usage_type_6],
  [7, m.usage_type_7],
  [8, m.usage_type_8],
]);

export const usageTypes = [...labels.keys()].map(String);

export function usageTypeLabel(type: number): string {
  return labels.get(type)?.() ?? m.usage_type_other({ number: type });
}
