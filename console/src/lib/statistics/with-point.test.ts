import { expect, it } from 'vitest';
import { withPoint } from './with-point.ts';

const point = (second: number) => ({ at: new Date(second * 1000).toISOString() });

it('adds in order, keeps the newest, and leaves out what it has', () => {
  const two = withPoint([point(1)], point(2), 2);
  expect(two).toHaveLength(2);
  expect(withPoint(two, point(2), 2)).toEqual(two);
  expect(withPoint(two, point(3), 2)).toEqual([point(2), point(3)]);
});
