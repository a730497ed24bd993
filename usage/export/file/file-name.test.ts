import { expect, test } from 'vitest';
import { fileName } from './file-name.ts';

test('a file has the days in its name that the clocks show by which it was summed up', () => {
  const november = {
    ...{ kind: 'RECORDS' as const, format: 'CSV' as const, timeZone: 'Asia/Shanghai' },
    coversFrom: new Date('2026-10-31T16:00:00Z'),
    coversUntil: new Date('2026-11-30T16:00:00Z'),
  };
  expect(fileName(november)).toBe('usage-records-2026-11-01-2026-12-01.csv');
  expect(fileName({ ...november, timeZone: 'UTC' }, '-run')).toBe(
    'usage-records-2026-10-31-2026-11-30-run.csv',
  );
});
