import { expect, test } from 'vitest';
import { scalingObstacle } from './live-scaling.ts';

const small = { cpuCount: 1, memory: 1024, isScalableLive: true };
const large = { cpuCount: 2, memory: 2048, isScalableLive: true };

test('a machine that is off may get any size', () => {
  expect(scalingObstacle('STOPPED', large, { ...small, isScalableLive: false })).toBeUndefined();
});

test('one that runs only gets more, where both offerings allow it', () => {
  expect(scalingObstacle('RUNNING', small, large)).toBeUndefined();
  expect(scalingObstacle('RUNNING', large, small)).toBe('LESS');
  expect(scalingObstacle('RUNNING', large, { ...large, memory: '1024' })).toBe('LESS');
  expect(scalingObstacle('RUNNING', small, { ...large, isScalableLive: false })).toBe('RIGID');
  expect(scalingObstacle('RUNNING', { ...small, isScalableLive: false }, large)).toBe('RIGID');
});
