import type { Row } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { expect, test } from 'vitest';
import { pairEvents } from './pair-events.ts';
import { usageTypes } from './usage-types.ts';

let seq = 0n;
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));

function event(kind: Row<'UsageEvent'>['kind'], resourceId: string, at: number): Row<'UsageEvent'> {
  return {
    seq: ++seq,
    id: newId('UsageEvent'),
    kind,
    at: minute(at),
    accountId: newId('Account'),
    domainId: newId('Domain'),
    zoneId: newId('Zone'),
    resourceId,
    resourceName: resourceId,
    attributes: {},
  };
}

const spans = (result: ReturnType<typeof pairEvents>) =>
  result.beginnings.map(({ usageType, event: { resourceId, at }, endedAt }) => [
    usageType,
    resourceId,
    at,
    endedAt,
  ]);

test('a use begins and ends', () => {
  const result = pairEvents([event('VM_START', 'a', 1), event('VM_STOP', 'a', 5), event('VM_START', 'a', 9)]);
  expect(spans(result)).toEqual([
    [usageTypes.RUNNING_VM, 'a', minute(1), minute(5)],
    [usageTypes.RUNNING_VM, 'a', minute(9), null],
  ]);
});

test('what began in an earlier batch ends in this one', () => {
  const { beginnings, endings } = pairEvents([event('VM_STOP', 'a', 5)]);
  expect(beginnings).toEqual([]);
  expect(endings).toEqual([{ usageType: usageTypes.RUNNING_VM, resourceId: 'a', endedAt: minute(5) }]);
});

test('things and types do not mix', () => {
  const result = pairEvents([
    event('VM_CREATE', 'a', 1),
    event('VM_START', 'a', 1),
    event('VM_START', 'b', 2),
    event('VM_STOP', 'a', 3),
  ]);
  expect(spans(result)).toEqual([
    [usageTypes.ALLOCATED_VM, 'a', minute(1), null],
    [usageTypes.RUNNING_VM, 'a', minute(1), minute(3)],
    [usageTypes.RUNNING_VM, 'b', minute(2), null],
  ]);
});

test('a use that begins again without an end is not counted twice', () => {
  const result = pairEvents([event('VM_START', 'a', 1), event('VM_START', 'a', 4)]);
  expect(spans(result)).toEqual([
    [usageTypes.RUNNING_VM, 'a', minute(1), minute(4)],
    [usageTypes.RUNNING_VM, 'a', minute(4), null],
  ]);
});
