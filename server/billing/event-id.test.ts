import { isId, newId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { expect, test } from 'vitest';
import { usageEventId } from './event-id.ts';

const source = { id: newId('Job'), part: 'start' };
const event = { kind: 'VM_START', resourceId: newId('VirtualMachine'), zoneId: newId('Zone') };

test('the same source tells of a thing under the same id', () => {
  const id = usageEventId(source, event);
  expect(isId('UsageEvent', id)).toBe(true);
  expect(usageEventId({ ...source }, { ...event })).toBe(id);
  expect(uuidOf(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('it lies where its source does in time', () => {
  expect(uuidOf(usageEventId(source, event)).slice(0, 13)).toBe(uuidOf(source.id).slice(0, 13));
});

test('whatever differs makes another', () => {
  const ids = [
    usageEventId(source, event),
    usageEventId({ ...source, id: newId('Job') }, event),
    usageEventId({ ...source, part: 'stop' }, event),
    usageEventId(source, { ...event, kind: 'VM_STOP' }),
    usageEventId(source, { ...event, resourceId: newId('VirtualMachine') }),
    usageEventId(source, { ...event, zoneId: newId('Zone') }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
