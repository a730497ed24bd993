import type { Database, Row } from '@nephos/model/database.ts';
import type { BucketUpload } from '@nephos/model/shapes/export-target.ts';
import { sql } from 'kysely';
import type { SendJournal } from './destination.ts';
import { SendTaken } from './send-problem.ts';

export type RunRow = Row<'UsageExportRun'>;

/** A run whose file can be sent, or never will be. */
export interface DueRun extends RunRow {
  fileState: Row<'UsageExport'>['state'] | null;
  fileProblem: string | null;
}

/** Of each user the run whose turn it is, those that wait longest first. @param busy users of whom one is sent already */
export async function findDueRuns(
  db: Database,
  { now, busy, limit }: { now: Date; busy: readonly string[]; limit: number },
): Promise<DueRun[]> {
  const { rows } = await sql<DueRun>`
    select * from (
      select distinct on (r."userId") r.*, f."state" as "fileState", f."problem" as "fileProblem"
      from "UsageExportRun" r left join "UsageExport" f on f."id" = r."exportId"
      where r."state" in ('MAKING', 'SENDING') and r."nextAttemptAt" <= ${now}
        and (f."state" is null or f."state" in ('READY', 'FAILED')) and r."userId" <> all(${busy}::text[])
      order by r."userId", r."nextAttemptAt", r."id"
    ) as first
    order by "nextAttemptAt", "id" limit ${limit}`.execute(db);
  return rows;
}

/** What is written of a run, by whoever began it last. */
type Write = Partial<{
  state: RunRow['state'];
  sentBytes: bigint;
  upload: string | null;
  location: string | null;
  problem: string | null;
  nextAttemptAt: Date;
  finishedAt: Date | null;
  sizeBytes: bigint;
  rowCount: bigint;
  sha256: string | null;
  attempt: number;
}>;

/** @throws SendTaken when somebody else sends it by now, or nobody wants it any more */
export async function writeRun(
  db: Database,
  { id, attempt }: Pick<RunRow, 'id' | 'attempt'>,
  write: Write,
): Promise<void> {
  const done = await db
    .updateTable('UsageExportRun')
    .set(write)
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', ['MAKING', 'SENDING'])
    .returning('id')
    .executeTakeFirst();
  if (done === undefined) throw new SendTaken();
}

/** People follow how far it is; not every piece is worth telling them. */
const tellAfterBytes = 8 * 1024 ** 2;

/** Remembers in the database how far an attempt is. */
export function journalOf(db: Database, run: RunRow): SendJournal {
  let told = 0;
  return {
    upload: run.upload,
    arrived: async (bytes: number, upload?: BucketUpload) => {
      if (upload === undefined && bytes - told < tellAfterBytes) return;
      told = bytes;
      await writeRun(db, run, {
        sentBytes: BigInt(bytes),
        ...(upload !== undefined && { upload: JSON.stringify(upload) }),
      });
    },
  };
}
