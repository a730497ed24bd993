import { newId } from '@nephos/model/kernel/ids.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MachineCounters } from './machine.ts';
import { hostUsageBetween, machineUsageBetween } from './rates.ts';
import type { HostCounters } from './statistics.ts';

const machineId = newId('VirtualMachine');
const none: MachineCounters = {
  machineId,
  cpuNanoseconds: 0n,
  memoryBytes: 1n,
  memoryAssignedBytes: 2n,
  memoryUsedBytes: null,
  diskReadBytes: 0n,
  diskWriteBytes: 0n,
  diskReads: 0n,
  diskWrites: 0n,
  networkRxBytes: 0n,
  networkTxBytes: 0n,
};
const idle: HostCounters = {
  cpuBusyMilliseconds: 0n,
  cpuTotalMilliseconds: 0n,
  memoryTotalBytes: 8n,
  memoryUsedBytes: 4n,
  load: 0.5,
  networkRxBytes: 0n,
  networkTxBytes: 0n,
};

describe('of a machine', () => {
  test('what grew is divided by the time', () => {
    const now = { ...none, cpuNanoseconds: 3_000_000_000n, diskReadBytes: 500n, networkTxBytes: 2n ** 60n };
    expect(machineUsageBetween(none, now, 2)).toMatchObject({
      cpu: 1.5,
      diskReadBytes: 250,
      networkTxBytes: 2 ** 59,
      memoryBytes: 1,
      memoryUsedBytes: null,
    });
  });

  test('the first reading says how it is, and not what it did', () => {
    const usage = machineUsageBetween(undefined, { ...none, memoryUsedBytes: 7n }, 60);
    expect(usage).toMatchObject({ cpu: null, diskReads: null, memoryAssignedBytes: 2, memoryUsedBytes: 7 });
  });

  test('one that was started anew did nothing that can be said', () => {
    const before = { ...none, cpuNanoseconds: 9n, diskReadBytes: 1n };
    const now = { ...none, cpuNanoseconds: 8n, diskReadBytes: 100n };
    expect(machineUsageBetween(before, now, 60)).toMatchObject({ cpu: null, diskReadBytes: null });
  });

  test('a device that went takes only its own counters with it', () => {
    const before = { ...none, networkRxBytes: 5n };
    const now = { ...none, cpuNanoseconds: 60_000_000_000n };
    expect(machineUsageBetween(before, now, 60)).toMatchObject({
      cpu: 1,
      networkRxBytes: null,
      networkTxBytes: 0,
    });
  });

  test.each([0, 0.01, 7201, -5])('nothing is said over %f seconds', (seconds) => {
    const now = { ...none, cpuNanoseconds: 1n };
    expect(machineUsageBetween(none, now, seconds).cpu).toBeNull();
  });

  test('no two readings make a rate that is negative or not a number', () => {
    const counter = fc.bigInt(0n, 2n ** 64n - 1n);
    const counters = fc.record({
      machineId: fc.constant(machineId),
      cpuNanoseconds: counter,
      memoryBytes: counter,
      memoryAssignedBytes: counter,
      memoryUsedBytes: fc.option(counter),
      diskReadBytes: counter,
      diskWriteBytes: counter,
      diskReads: counter,
      diskWrites: counter,
      networkRxBytes: counter,
      networkTxBytes: counter,
    });
    fc.assert(
      fc.property(counters, counters, fc.double({ noNaN: true }), (before, now, seconds) => {
        for (const value of Object.values(machineUsageBetween(before, now, seconds))) {
          if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });
});

describe('of a host', () => {
  test('its processors are busy for a share of their time', () => {
    const now = { ...idle, cpuBusyMilliseconds: 30n, cpuTotalMilliseconds: 120n, networkRxBytes: 50n };
    expect(hostUsageBetween(idle, now, 10)).toMatchObject({ cpu: 0.25, networkRxBytes: 5, load: 0.5 });
  });

  test('one that was booted anew did nothing that can be said', () => {
    const before = { ...idle, cpuTotalMilliseconds: 100n };
    expect(hostUsageBetween(before, { ...idle, networkRxBytes: 50n }, 10)).toMatchObject({
      cpu: null,
      networkRxBytes: null,
      memoryUsedBytes: 4,
    });
  });

  test('nothing is said of processors whose time stands still', () => {
    expect(hostUsageBetween(idle, idle, 10).cpu).toBeNull();
  });
});
