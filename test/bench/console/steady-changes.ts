import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '@nephos/model/database.ts';
import { sql } from 'kysely';

const everyMs = 100;

/** Changes the state of machines, all over the list, so many a second, until it is disposed of. */
export class SteadyChanges implements AsyncDisposable {
  #isEnding = false;
  #made = 0;
  readonly #startedAt = performance.now();
  readonly #ended: Promise<void>;

  constructor(databaseUrl: string, perSecond: number) {
    this.#ended = this.#run(databaseUrl, perSecond);
  }

  /** Changes per second so far. */
  get rate(): number {
    return (this.#made * 1000) / (performance.now() - this.#startedAt);
  }

  async #run(databaseUrl: string, perSecond: number): Promise<void> {
    const connection = connectDatabase({
      url: databaseUrl,
      maxConnections: 1,
      applicationName: 'steady changes',
    });
    try {
      const { rows } = await sql<{ id: string }>`
        select "id" from "VirtualMachine" where "state" in ('RUNNING', 'STOPPED')`.execute(connection.db);
      while (!this.#isEnding) {
        const due = Math.round(((performance.now() - this.#startedAt) / 1000) * perSecond) - this.#made;
        const ids = Array.from({ length: due }, () => rows[Math.floor(Math.random() * rows.length)]!.id);
        await sql`update "VirtualMachine"
          set "state" = (case "state" when 'RUNNING' then 'STOPPED' else 'RUNNING' end)::"VirtualMachineState"
          where "id" = any(${ids}::text[])`.execute(connection.db);
        // As the server does after every transaction.
        await sql`select pg_notify('nephos_pending', '')`.execute(connection.db);
        this.#made += due;
        await sleep(everyMs);
      }
    } finally {
      await connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await this.#ended;
  }
}
