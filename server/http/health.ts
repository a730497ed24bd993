import type { ServerResponse } from 'node:http';
import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Metrics } from '../platform/metrics.ts';

const probeMs = 3000;

/** What load balancers and people ask to learn how this server is. */
export class Health {
  readonly #db: Database;
  readonly #metrics: Metrics;
  /** Set when everything was started, cleared when the server begins to stop. */
  isServing = false;

  constructor(db: Database, metrics: Metrics) {
    this.#db = db;
    this.#metrics = metrics;
  }

  /** The process lives. */
  live(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
  }

  /** Requests can be served: started, not stopping, and the database answers. */
  async ready(response: ServerResponse): Promise<void> {
    const checks = { serving: this.isServing, database: await this.#databaseAnswers() };
    const isReady = Object.values(checks).every(Boolean);
    response
      .writeHead(isReady ? 200 : 503, { 'content-type': 'application/json' })
      .end(`${JSON.stringify({ isReady, checks })}\n`);
  }

  async metrics(response: ServerResponse): Promise<void> {
    const { registry } = this.#metrics;
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  }

  async #databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), probeMs);
    });
    const answer = sql`select 1`.execute(this.#db).then(
      () => true,
      () => false,
    );
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }
}
