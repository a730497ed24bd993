import { newId } from '@nephos/model/kernel/ids.ts';
import type { DomainEvent } from '@nephos/node-libvirt/domain-events.ts';
import { domainByUuid } from '@nephos/node-libvirt/domain.ts';
import { beforeEach, expect, test } from 'vitest';
import type { MachineEvent } from '../../../driver.ts';
import { Travellers } from './travellers.ts';

const machineId = newId('VirtualMachine');
let travellers: Travellers;

beforeEach(() => (travellers = new Travellers()));

function told(change: string, detail: string, power: MachineEvent['power']): string | undefined {
  const event = { machineId, power, reason: detail.toLowerCase() };
  const happened = {
    kind: 'LIFECYCLE',
    domain: domainByUuid(''),
    change,
    detail,
  } as DomainEvent<'LIFECYCLE'>;
  const answer = travellers.told(event, happened);
  return answer && `${answer.power} ${answer.reason}`;
}

test('one that comes is not here until its processors run', () => {
  travellers.expect(machineId);
  expect(told('STARTED', 'MIGRATED', 'ON')).toBeUndefined();
  expect(travellers.powerOf(machineId, { state: 'PAUSED', reason: 'MIGRATION' })).toBe('ABSENT');
  expect(told('RESUMED', 'MIGRATED', 'ON')).toBe('ON migrated');
  expect(travellers.isComing(machineId)).toBe(false);
  expect(travellers.powerOf(machineId, { state: 'PAUSED', reason: 'USER' })).toBeUndefined();
});

test('one that does not come after all was never here', () => {
  travellers.expect(machineId);
  expect(told('STARTED', 'MIGRATED', 'ON')).toBeUndefined();
  expect(told('STOPPED', 'FAILED', 'OFF')).toBeUndefined();
});

test('that it has come is seen, should it not have been told', () => {
  travellers.expect(machineId);
  expect(travellers.powerOf(machineId, { state: 'RUNNING', reason: 'MIGRATED' })).toBeUndefined();
  expect(travellers.isComing(machineId)).toBe(false);
});

test('one that goes runs while it stands still at the end, and is gone at once', () => {
  travellers.begin(machineId);
  expect(told('SUSPENDED', 'MIGRATED', 'PAUSED')).toBeUndefined();
  expect(travellers.powerOf(machineId, { state: 'PAUSED', reason: 'MIGRATION' })).toBe('ON');
  expect(told('STOPPED', 'MIGRATED', 'OFF')).toBe('ABSENT migrated');
  travellers.end(machineId);
  expect(told('UNDEFINED', 'REMOVED', 'ABSENT')).toBe('ABSENT migrated');
  expect(told('UNDEFINED', 'REMOVED', 'ABSENT'), 'another time').toBe('ABSENT removed');
});

test('others are seen and told as they are', () => {
  expect(told('STOPPED', 'DESTROYED', 'OFF')).toBe('OFF destroyed');
  expect(travellers.powerOf(machineId, { state: 'PAUSED', reason: 'MIGRATION' })).toBeUndefined();
});
