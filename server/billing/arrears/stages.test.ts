import { expect, test } from 'vitest';
import { nextStage } from './stages.ts';

const since = new Date('2026-11-01T00:00:00Z');
const policy = { graceAfterHours: 24, stopAfterHours: 72, lockAfterHours: 168, mayLock: true };

test.each([
  ['WARNED', 'GRACE', '2026-11-02T00:00:00.000Z'],
  ['GRACE', 'STOPPED', '2026-11-04T00:00:00.000Z'],
  ['STOPPED', 'LOCKED', '2026-11-08T00:00:00.000Z'],
] as const)('%s is followed by %s', (stage, next, at) => {
  const found = nextStage(policy, stage, since);
  expect([found?.stage, found?.at.toISOString()]).toEqual([next, at]);
});

test('what a policy leaves out is left out, and who runs the cloud is not locked out', () => {
  expect(nextStage({ ...policy, graceAfterHours: null }, 'WARNED', since)?.stage).toBe('STOPPED');
  expect(nextStage({ ...policy, mayLock: false }, 'STOPPED', since)).toBeUndefined();
  expect(nextStage(policy, 'LOCKED', since)).toBeUndefined();
});
