import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { ExportProblem, ExportTaken } from './export-errors.ts';
import { makeExport } from './make-export.ts';

/** A file that was begun this often, and whose maker died every time, is given up. */
const mostAttempts = 5;

export interface ExportQueueOptions {
  db: Database;
  clock: Clock;
  log: Logger;
}

/**
 * Makes the files that were asked for, the oldest first, until there is none left. To be called by the daemon that
 * holds the lease: a file that is being made by nobody else is begun anew.
 * @returns how many were made
 */
export async function makeExports({ db, clock, log }: ExportQueueOptions): Promise<number> {
  for (let made = 0; ; made += 1) {
    const request = await claim(db);
    if (request === undefined) return made;
    const { id, kind, format, attempt } = request;
    try {
      if (attempt > mostAttempts)
        throw new ExportProblem('it was begun several times and never came to its end');
      await makeExport(db, request, clock);
      log.info({ id, kind, format }, 'export made');
    } catch (error) {
      if (error instanceof ExportTaken) continue;
      // A value that has no place in the format has none at another attempt.
      if (!(error instanceof ExportProblem || error instanceof RangeError)) throw error;
      await giveUp(db, request, error, clock.now());
      log.warn({ id, kind, format, problem: error.message }, 'export cannot be made');
    }
  }
}

/** Whatever an earlier maker wrote of it goes; what that one would still write is refused by the number of attempts. */
async function claim(db: Database): Promise<Row<'UsageExport'> | undefined> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Row<'UsageExport'>>`
      update "UsageExport"
      set "state" = 'RUNNING', "attempt" = "attempt" + 1, "sizeBytes" = 0, "rowCount" = 0
      where "id" = (select "id" from "UsageExport" where "state" in ('QUEUED', 'RUNNING')
        order by "id" limit 1 for update skip locked)
      returning *`.execute(tx);
    const request = rows[0];
    if (request !== undefined && request.attempt > 1)
      await tx.deleteFrom('UsageExportPart').where('exportId', '=', request.id).execute();
    return request;
  });
}

async function giveUp(
  db: Database,
  { id, attempt }: Row<'UsageExport'>,
  { message }: Error,
  at: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const given = await tx
      .updateTable('UsageExport')
      .set({ state: 'FAILED', problem: message, sizeBytes: 0n, rowCount: 0n, finishedAt: at })
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .returning('id')
      .executeTakeFirst();
    if (given !== undefined) await tx.deleteFrom('UsageExportPart').where('exportId', '=', id).execute();
  });
}
