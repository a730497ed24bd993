import { setTimeout as sleep } from 'node:timers/promises';
import { hostUsageBetween, machineUsageBetween } from '@nephos/agent-protocol/rates.ts';
import type { MachineCounters, PoolReference } from '@nephos/agent-protocol/machine.ts';
import {
  runCountersOf,
  type HostCounters,
  type RunCounters,
  type Statistics,
  type StatisticsAnswer,
} from '@nephos/agent-protocol/statistics.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Logger } from 'pino';
import type { HostDriver } from './driver.ts';
import { PoolMeter } from './pool-meter.ts';

/** All counters of a host at a moment of the monotonic clock. */
interface Reading {
  at: number;
  machines: ReadonlyMap<string, MachineCounters>;
  host: HostCounters;
}

/** A machine that is busy is left out of a reading. Mostly that is over at once. */
const lastReadings = 5;
const readAgainMs = 50;

export interface SamplerOptions {
  driver: HostDriver;
  /** @throws when the server did not take it */
  report(statistics: Statistics): Promise<StatisticsAnswer>;
  log: Logger;
}

/**
 * Reads the host's counters again and again, and reports what was done between two readings. What is compared with is
 * the last reading that the server took: a report that was lost is made up for by the next.
 */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #meter: PoolMeter;
  #before: Reading | undefined;
  /** Of runs that may have ended since the last report, by machine: nobody can read them any more. */
  readonly #last = new Map<string, RunCounters>();
  #pools: readonly PoolReference[] = [];
  #timer: NodeJS.Timeout | undefined;
  #intervalSeconds = 60;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#meter = new PoolMeter(options.driver, options.log);
  }

  /** Begins somewhere within the interval, so that the hosts that connect together do not report together. */
  start(intervalSeconds: number): void {
    this.stop();
    this.#intervalSeconds = intervalSeconds;
    this.#schedule(performance.now() + Math.random() * intervalSeconds * 1000);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Reads all counters and reports them; one after the other, whoever asks. */
  sample(): Promise<void> {
    const mine = this.#turn.then(() => this.#sample());
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /**
   * Reads what a machine has done so far, for the next report: its counters end with it.
   * @throws Error when it runs and cannot be measured
   */
  async readLast(machineId: Id<'VirtualMachine'>): Promise<void> {
    const { driver } = this.#options;
    for (let times = 1; ; times++) {
      const [counters] = await driver.readCounters([machineId]);
      if (counters !== undefined) {
        const run = runCountersOf(counters);
        if (run !== undefined) this.#last.set(machineId, run);
        return;
      }
      const { power } = await driver.observeMachine(machineId);
      if (power === 'OFF' || power === 'ABSENT') return;
      if (times === lastReadings) throw new Error('the machine is too busy to be measured');
      await sleep(readAgainMs);
    }
  }

  #schedule(due: number): void {
    const wait = Math.max(0, due - performance.now());
    const timer = setTimeout(() => {
      this.sample()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'statistics could not be reported'))
        .finally(() => {
          if (this.#timer !== timer) return;
          // By when it was due, not by now: what reports take would add up to a minute without any.
          const next = due + this.#intervalSeconds * 1000;
          const now = performance.now();
          this.#schedule(next > now ? next : now + this.#intervalSeconds * 1000);
        });
    }, wait);
    this.#timer = timer;
  }

  async #sample(): Promise<void> {
    const { driver, report } = this.#options;
    const at = performance.now();
    const [machines, host, pools] = await Promise.all([
      driver.readCounters(),
      driver.readHostCounters(),
      this.#meter.measure(this.#pools),
    ]);
    const before = this.#before;
    const seconds = before === undefined ? 0 : (at - before.at) / 1000;
    const last = [...this.#last.values()];
    const answer = await report({
      ageMilliseconds: performance.now() - at,
      machines: machines.map((now) => machineUsageBetween(before?.machines.get(now.machineId), now, seconds)),
      runs: [...last, ...machines.flatMap((now) => runCountersOf(now) ?? [])],
      host: hostUsageBetween(before?.host, host, seconds),
      pools,
    });
    for (const run of last) if (this.#last.get(run.machineId) === run) this.#last.delete(run.machineId);
    this.#before = { at, machines: new Map(machines.map((each) => [each.machineId, each])), host };
    this.#pools = answer.pools;
    this.#intervalSeconds = answer.nextSeconds;
  }
}
