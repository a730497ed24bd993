import { expect, test } from 'vitest';
import { balanceHistory, daysUpTo } from './balance-history.ts';

test('days are counted back from now', () => {
  const days = daysUpTo('2026-03-01', 3);
  expect(days).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  const history = balanceHistory({
    ...{ amount: 70, live: 4, days },
    costs: new Map([
      ['2026-02-27', 10],
      ['2026-02-28', 20],
      ['2026-03-01', 6],
    ]),
    entries: new Map([['2026-02-28', 50]]),
  });
  expect(history.map(({ amount }) => amount)).toEqual([50, 80, 70]);
});
