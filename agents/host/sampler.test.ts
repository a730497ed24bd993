import type { Statistics } from '@nephos/agent-protocol/statistics.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HostDriver } from './driver.ts';
import { AutomaticTime } from './drivers/simulator/simulated-time.ts';
import { SimulatorDriver } from './drivers/simulator/simulator-driver.ts';
import { PoolMeter } from './pool-meter.ts';
import { Sampler } from './sampler.ts';

const log = pino({ level: 'silent' });
const pool = { poolId: newId('StoragePool'), path: '/primary' };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A sampler of a simulated host, and what it reported; `answer` may be refused. */
function aSampler(answer: { pools?: (typeof pool)[]; nextSeconds?: number; isAway?: boolean } = {}) {
  const driver = new SimulatorDriver({
    hostname: 'sim',
    cpuCores: 8,
    memoryMib: 8192,
    time: new AutomaticTime(),
  });
  const reports: Statistics[] = [];
  const sampler = new Sampler({
    driver,
    log,
    report: (statistics) => {
      reports.push(statistics);
      if (answer.isAway) return Promise.reject(new Error('the server is away'));
      return Promise.resolve({ nextSeconds: answer.nextSeconds ?? 60, pools: answer.pools ?? [] });
    },
  });
  return { driver, sampler, reports, answer };
}

test('a report that the server did not take is made up for by the next', async () => {
  const { sampler, reports, answer } = aSampler();
  vi.advanceTimersByTime(1000);
  await sampler.sample();
  vi.advanceTimersByTime(10_000);
  await sampler.sample();
  answer.isAway = true;
  vi.advanceTimersByTime(10_000);
  await expect(sampler.sample()).rejects.toThrow('away');
  answer.isAway = false;
  vi.advanceTimersByTime(30_000);
  await sampler.sample();
  expect(reports.map(({ host }) => host.cpu === null)).toEqual([true, false, false, false]);
  // Over 40 seconds, not over 30: the rate is that of the time between, not a third more.
  expect(reports[3]!.host.networkRxBytes).toBeCloseTo(reports[1]!.host.networkRxBytes!, 0);
});

test('pools are measured that the answer before named, those that are there', async () => {
  const { driver, sampler, reports } = aSampler({
    pools: [pool, { poolId: newId('StoragePool'), path: '/gone' }],
  });
  await driver.attachPool(pool);
  await sampler.sample();
  await sampler.sample();
  expect(reports.map(({ pools }) => pools.map(({ poolId }) => poolId))).toEqual([[], [pool.poolId]]);
});

test('reports come in the interval that the server names, and end', async () => {
  const { sampler, reports } = aSampler({ nextSeconds: 10 });
  sampler.start(60);
  await vi.advanceTimersByTimeAsync(60_000);
  const first = reports.length;
  expect(first).toBeGreaterThanOrEqual(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reports.length - first).toBe(6);
  sampler.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reports.length - first).toBe(6);
});

test('a server that is away stops nobody from trying again', async () => {
  const { sampler, reports } = aSampler({ isAway: true });
  sampler.start(5);
  await vi.advanceTimersByTimeAsync(21_000);
  sampler.stop();
  expect(reports.length).toBeGreaterThanOrEqual(4);
});

test('the last reading of a machine that is busy is tried again, and not for ever', async () => {
  vi.useRealTimers();
  const machineId = newId('VirtualMachine');
  const { driver, sampler } = aSampler();
  let asked = 0;
  vi.spyOn(driver, 'readCounters').mockImplementation(() => {
    asked++;
    return Promise.resolve([]);
  });
  const seen = vi.spyOn(driver, 'observeMachine');
  seen.mockResolvedValue({ machineId, power: 'OFF', isoPath: null });
  await sampler.readLast(machineId);
  expect(asked, 'of one that is off').toBe(1);
  seen.mockResolvedValue({ machineId, power: 'ON', isoPath: null });
  await expect(sampler.readLast(machineId)).rejects.toThrow('too busy');
  expect(asked).toBe(6);
});

test('a pool that does not answer holds up no other, and is not asked again', async () => {
  const { driver } = aSampler();
  await driver.attachPool(pool);
  const hung = { poolId: newId('StoragePool'), path: '/hung' };
  let asked = 0;
  const findPool: HostDriver['findPool'] = (which) => {
    if (which.poolId !== hung.poolId) return driver.findPool(which);
    asked++;
    return new Promise(() => undefined);
  };
  const meter = new PoolMeter({ findPool }, log);
  for (let times = 0; times < 3; times++) {
    const measuring = meter.measure([hung, pool]);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await measuring).map(({ poolId }) => poolId)).toEqual([pool.poolId]);
  }
  expect(asked).toBe(1);
});
