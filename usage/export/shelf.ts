import { createHash } from 'node:crypto';
import type { Database, Row, RowChange } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { formatBytes, MiB } from '@nephos/model/kernel/units.ts';
import { ExportProblem, ExportTaken } from './export-errors.ts';

/** Longest piece of a file: what a server holds in memory while it is fetched. */
const mostBytes = Number(MiB);

/** A file that grows in the database, piece by piece. */
export class Shelf {
  readonly #db: Database;
  readonly #request: Row<'UsageExport'>;
  readonly #hash = createHash('sha256');
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #storedBytes = 0n;
  #rowCount = 0n;

  constructor(db: Database, request: Row<'UsageExport'>) {
    this.#db = db;
    this.#request = request;
  }

  /**
   * Says how many rows there will be, and which schema they follow, if they follow one.
   * @throws ExportTaken when it is somebody else's by now
   */
  async begin(totalRows: bigint, schemaId: string | null): Promise<void> {
    await this.#write({ totalRows, schemaId });
  }

  /**
   * Adds the bytes of some rows.
   * @throws ExportTaken when it is somebody else's by now
   * @throws ExportProblem for a file that grows too long
   */
  async add(bytes: Uint8Array, rowCount: number): Promise<void> {
    this.#rowCount += BigInt(rowCount);
    this.#hash.update(bytes);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= mostBytes) await this.#store(false);
  }

  /** @throws ExportTaken when it is somebody else's by now */
  async finish(at: Date): Promise<void> {
    await this.#store(true);
    const sha256 = this.#hash.digest('hex');
    await this.#write({ state: 'READY', sha256, rowCount: this.#rowCount, finishedAt: at });
  }

  async #write(facts: RowChange<'UsageExport'>): Promise<void> {
    const done = await this.#db
      .updateTable('UsageExport')
      .set(facts)
      .where('id', '=', this.#request.id)
      .where('state', '=', 'RUNNING')
      .where('attempt', '=', this.#request.attempt)
      .returning('id')
      .executeTakeFirst();
    if (done === undefined) throw new ExportTaken();
  }

  /** Stores whole pieces and, at the end, what is left. */
  async #store(isLast: boolean): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    let from = 0;
    while (bytes.length - from >= mostBytes || (isLast && from < bytes.length)) {
      const piece = bytes.subarray(from, from + mostBytes);
      await this.#insert(piece);
      from += piece.length;
    }
    this.#waiting = [bytes.subarray(from)];
    this.#waitingBytes = bytes.length - from;
  }

  /** In one statement: a piece of a file that somebody else makes by now is not written. */
  async #insert(piece: Buffer): Promise<void> {
    const { id, attempt, mostBytes: allowed } = this.#request;
    const sizeBytes = this.#storedBytes + BigInt(piece.length);
    if (sizeBytes > allowed) {
      throw new ExportProblem(
        `the file would be longer than ${formatBytes(allowed)}: ask for fewer days, or for one account or usage type`,
      );
    }
    const { numAffectedRows } = await sql`
      with own as (
        update "UsageExport" set "sizeBytes" = ${sizeBytes}, "rowCount" = ${this.#rowCount}
        where "id" = ${id} and "state" = 'RUNNING' and "attempt" = ${attempt}
        returning "id"
      )
      insert into "UsageExportPart" ("exportId", "position", "content")
      select "id", ${this.#storedBytes}::bigint, ${piece}::bytea from own`.execute(this.#db);
    if (numAffectedRows !== 1n) throw new ExportTaken();
    this.#storedBytes = sizeBytes;
  }
}
