import type { PoolReference } from '@nephos/agent-protocol/machine.ts';
import type { Database } from '@nephos/model/database.ts';
import { withPartitions } from '../platform/partitions.ts';
import { insertSamples, poolsOfAgents, recordPoolSpace, type AgentReport } from './intake-store.ts';

/** Written together at most; each may hold hundreds of machines. */
const mostReports = 100;

interface Waiting {
  report: AgentReport;
  resolve(pools: PoolReference[]): void;
  reject(error: unknown): void;
}

/**
 * Writes down what agents report. Reports that come while others are being written wait and are then written together:
 * with ten thousand agents that is a few statements a second, and not hundreds.
 */
export class SampleIntake {
  readonly #db: Database;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @returns the pools that the agent's host reaches, once the report is kept */
  take(report: AgentReport): Promise<PoolReference[]> {
    const taken = new Promise<PoolReference[]>((resolve, reject) => {
      this.#waiting.push({ report, resolve, reject });
    });
    if (!this.#isWriting) void this.#writeAll();
    return taken;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, mostReports);
      try {
        const pools = await this.#write(batch.map(({ report }) => report));
        for (const { report, resolve } of batch) resolve(pools.get(report.agentId) ?? []);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #write(reports: readonly AgentReport[]): Promise<Map<string, PoolReference[]>> {
    await this.#insert(reports);
    await recordPoolSpace(this.#db, reports);
    return poolsOfAgents(
      this.#db,
      reports.map(({ agentId }) => agentId),
    );
  }

  async #insert(reports: readonly AgentReport[]): Promise<void> {
    await withPartitions(
      this.#db,
      () => reports.map(({ at }) => at),
      () => insertSamples(this.#db, reports),
    );
  }
}
