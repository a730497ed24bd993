import { describe, expect, it } from 'vitest';
import { ratesBetween, ratesOf, withSample, type Sample } from './rates.ts';

const sample = (second: number, overrides: Partial<Sample> = {}): Sample => ({
  at: new Date(second * 1000).toISOString(),
  cpuSeconds: 0,
  memory: 1024,
  diskReadBytes: 0,
  diskWriteBytes: 0,
  networkReceivedBytes: 0,
  networkSentBytes: 0,
  ...overrides,
});

describe('ratesBetween', () => {
  it('divides what was counted by the time between, and processor time by the processors', () => {
    const rates = ratesBetween(
      sample(10, { cpuSeconds: 1, diskReadBytes: 1000 }),
      sample(12, { cpuSeconds: 3, diskReadBytes: 5000, networkSentBytes: '9007199254740993' }),
      2,
    );
    expect(rates).toMatchObject({ at: 12, cpu: 0.5, diskRead: 2000, memory: 1024 });
    expect(rates.networkSent).toBe(2 ** 52);
  });

  it('says nothing of the time before the first sample', () => {
    expect(ratesBetween(undefined, sample(1), 1)).toMatchObject({ cpu: null, diskRead: null, memory: 1024 });
  });

  it('says nothing of the time in which the machine was started anew', () => {
    const rates = ratesBetween(
      sample(1, { cpuSeconds: 50, diskReadBytes: 9 }),
      sample(2, { cpuSeconds: 1 }),
      1,
    );
    expect(rates).toMatchObject({ cpu: null, diskRead: null });
  });

  it('never says more than all of the processors', () => {
    expect(ratesBetween(sample(1), sample(2, { cpuSeconds: 1.02 }), 1).cpu).toBe(1);
  });
});

describe('ratesOf', () => {
  it('has one entry for each sample', () => {
    expect(ratesOf([sample(1), sample(2, { cpuSeconds: 0.25 })], 1).map(({ cpu }) => cpu)).toEqual([
      null,
      0.25,
    ]);
  });
});

describe('withSample', () => {
  it('adds in order, keeps the newest, and leaves out what it has', () => {
    const two = withSample([sample(1)], sample(2), 2);
    expect(two).toHaveLength(2);
    expect(withSample(two, sample(2), 2)).toEqual(two);
    expect(withSample(two, sample(3), 2).map(({ at }) => at)).toEqual([sample(2).at, sample(3).at]);
  });
});
