import type { Statistics } from '@nephos/agent-protocol/statistics.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentListener } from '../../agent-gateway/agent-gateway.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { transactionWithRetry } from '../../platform/deadlocks.ts';
import {
  billPeriodsBefore,
  billQuiet,
  countRuns,
  forgetRuns,
  type RunReport,
  type Slots,
} from './run-store.ts';

/** Written together at most. */
const mostRuns = 5000;
/** A run that was not heard of for so many intervals ended, or its host is away. */
const quietIntervals = 5;
/** Reports of a period that is over come within this. */
const settledMs = 5 * 60_000;
/** The report of a run's end comes later than this only from a host that was away. */
const forgetMs = 2 * 86_400_000;

interface Waiting {
  reports: readonly RunReport[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Meters what machines send, receive, read and write. Agents say what counters are, not what they grew by: a report that
 * comes twice, late or never changes nothing in the sum. What grew becomes one usage event for each counter and period.
 */
export class CounterIntake implements AgentListener {
  readonly #platform: Pick<Platform, 'db' | 'clock' | 'settings' | 'log'>;
  readonly reconciler: Reconciler;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(platform: Pick<Platform, 'db' | 'clock' | 'settings' | 'log'>) {
    this.#platform = platform;
    this.reconciler = new Reconciler({
      name: 'machine-counters',
      everySeconds: () => 60,
      look: () => this.look(),
      log: platform.log,
    });
  }

  /** Once it is written. Reports that come meanwhile are written together. */
  async onStatistics(agentId: Id<'Agent'>, { runs = [] }: Statistics, at: Date): Promise<undefined> {
    if (runs.length === 0) return undefined;
    const reports = runs.map((run) => ({ agentId, at, run }));
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ reports, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
    return undefined;
  }

  /** Bills what no report will bill any more, and forgets what is over. */
  async look(): Promise<void> {
    const { db, clock, settings } = this.#platform;
    const now = clock.now();
    const before = (milliseconds: number) => new Date(now.getTime() - milliseconds);
    const quietMs = settings.get('vm.stats.interval') * quietIntervals * 1000;
    await transactionWithRetry(db, async (tx) => {
      await forgetRuns(tx, before(forgetMs));
      const moments = { now, heardUntil: before(quietMs + settledMs), settledUntil: before(settledMs) };
      await billQuiet(tx, moments, this.#slots);
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#write(batch.flatMap(({ reports }) => reports));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }

  #nextBatch(): Waiting[] {
    let runs = 0;
    const later = this.#waiting.findIndex(({ reports }) => (runs += reports.length) > mostRuns);
    return this.#waiting.splice(0, later < 0 ? this.#waiting.length : Math.max(1, later));
  }

  #write(reports: readonly RunReport[]): Promise<void> {
    return transactionWithRetry(this.#platform.db, async (tx) => {
      await billPeriodsBefore(tx, reports, this.#slots);
      await countRuns(tx, reports);
    });
  }

  get #slots(): Slots {
    const { settings } = this.#platform;
    return {
      timeZone: settings.get('usage.aggregation.timezone'),
      rangeMinutes: settings.get('usage.stats.job.aggregation.range'),
    };
  }
}
