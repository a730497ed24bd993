import { expect, test } from 'vitest';
import { usageBars } from './usage-bars.ts';
import type { UsageSum } from './usage-sum-queries.ts';

const sum = (name: string | null, day: string, hours: number): UsageSum => ({
  ...{ usageType: 1, resourceId: name, resourceName: name, day, tagValue: null, isRest: name === null },
  ...{ accountId: null, account: null, zoneId: null, zone: null, resourceCount: 1 },
  ...{ quantity: String(hours * 3_600_000), cpuQuantity: null, memoryQuantity: null, sizeQuantity: null },
});

test('groups stand by what they come to, the rest last, and every day has its bar', () => {
  const { groups, bars } = usageBars(
    [
      sum('web', '2026-11-01', 2),
      sum('db', '2026-11-03', 5),
      sum('web', '2026-11-03', 1),
      sum(null, '2026-11-01', 9),
    ],
    {
      days: ['2026-11-01', '2026-11-02', '2026-11-03'],
      measure: 'HOURS',
      labelOf: ({ resourceName }) => resourceName ?? 'rest',
    },
  );
  expect(groups.map(({ label, amount, colour }) => [label, amount, colour])).toEqual([
    ['db', 5, '--chart-1'],
    ['web', 3, '--chart-2'],
    ['rest', 9, '--chart-rest'],
  ]);
  expect(bars.map(({ parts }) => parts.map(({ amount }) => amount))).toEqual([
    [0, 2, 9],
    [0, 0, 0],
    [5, 1, 0],
  ]);
});
