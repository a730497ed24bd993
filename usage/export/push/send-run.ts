import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { exportSecretContext } from '@nephos/model/kernel/export-secret.ts';
import { readMasterKey, unseal } from '@nephos/model/kernel/seal.ts';
import type { ExportBucket, ExportFolder, ExportWebhook } from '@nephos/model/shapes/export-target.ts';
import type { Destination } from './destination.ts';
import { folderDestination } from './folder.ts';
import { nextAttemptAfter } from './pauses.ts';
import { runFile, type RunFile } from './run-file.ts';
import { journalOf, writeRun, type DueRun, type RunRow } from './run-store.ts';
import { bucketDestination } from './s3/bucket.ts';
import { SendProblem, SendTaken } from './send-problem.ts';
import { webhookDestination } from './webhook.ts';

export interface SendDeps {
  db: Database;
  clock: Clock;
  /** Below which folders of schedules lie; empty when files may not be written to this machine. */
  folderRoot: string;
  masterKeyFile: string;
  /** Private networks that may be connected to. */
  allowedNetworks: readonly string[];
}

type Schedule = Row<'UsageExportSchedule'>;
type File = Row<'UsageExport'> & { sha256: string };

/** An attempt that takes longer is ended, and another goes on. */
const longestAttemptMs = 30 * 60_000;

/**
 * Sends the file of a run, or gives it up. Another attempt follows one that failed, later each time.
 * @param stop ends it when the daemon stops: then nothing is written, and the next daemon begins another attempt
 */
export async function sendRun(deps: SendDeps, due: DueRun, stop: AbortSignal): Promise<void> {
  const { db } = deps;
  try {
    const file = await findFile(db, due);
    if (file === undefined) {
      const why = due.fileState === null ? 'its file was deleted before it was sent' : due.fileProblem;
      await giveUp(deps, due, why ?? 'its file could not be made');
      return;
    }
    const run = await begin(deps, due, file);
    await attempt(deps, { run, file }, stop);
  } catch (error) {
    if (!(error instanceof SendTaken)) throw error;
  }
}

async function findFile(db: Database, { exportId }: RunRow): Promise<File | undefined> {
  if (exportId === null) return undefined;
  const row = await db
    .selectFrom('UsageExport')
    .selectAll()
    .where('id', '=', exportId)
    .where('state', '=', 'READY')
    .executeTakeFirst();
  return row?.sha256 == null ? undefined : { ...row, sha256: row.sha256 };
}

/** From now on it is this attempt's; what an earlier one would still write is refused. */
async function begin({ db }: SendDeps, due: DueRun, file: File): Promise<RunRow> {
  const { sizeBytes, rowCount, sha256 } = file;
  const attempt = due.attempt + 1;
  await writeRun(db, due, { state: 'SENDING', attempt, sizeBytes, rowCount, sha256 });
  return { ...due, state: 'SENDING', attempt };
}

async function attempt(
  deps: SendDeps,
  { run, file }: { run: RunRow; file: File },
  stop: AbortSignal,
): Promise<void> {
  const { db, clock } = deps;
  const sent = runFile(db, file, run.id);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(longestAttemptMs)]);
  let destination: Destination | undefined;
  try {
    const schedule = await db
      .selectFrom('UsageExportSchedule')
      .selectAll()
      .where('id', '=', run.scheduleId)
      .executeTakeFirst();
    if (schedule === undefined) throw new SendTaken();
    destination = destinationOf(deps, schedule, run);
    const location = await destination.send({ file: sent, journal: journalOf(db, run), signal });
    const finishedAt = clock.now();
    const arrived = { sentBytes: file.sizeBytes, upload: null, problem: null, location, finishedAt };
    await writeRun(db, run, { state: 'SENT', ...arrived });
  } catch (error) {
    if (stop.aborted || error instanceof SendTaken) return;
    const problem = problemOf(error);
    const next = nextAttemptAfter(run.attempt, clock.now());
    if (next !== undefined) {
      await writeRun(db, run, { problem, nextAttemptAt: next });
      return;
    }
    await abandon(db, { run, file: sent, destination });
    await giveUp(deps, run, problem);
    if (!(error instanceof SendProblem)) throw error;
  }
}

/** What is no answer of the other side is not for its user to read. */
function problemOf(error: unknown): string {
  return error instanceof SendProblem ? error.message : 'the usage daemon failed; its log says why';
}

async function giveUp({ db, clock }: SendDeps, run: RunRow, problem: string): Promise<void> {
  await writeRun(db, run, { state: 'FAILED', problem, upload: null, finishedAt: clock.now() });
}

/** Parts of an upload that nobody completes are paid for until somebody removes them. */
async function abandon(
  db: Database,
  { run, file, destination }: { run: RunRow; file: RunFile; destination: Destination | undefined },
): Promise<void> {
  const left = await db
    .selectFrom('UsageExportRun')
    .select('upload')
    .where('id', '=', run.id)
    .executeTakeFirst();
  if (left?.upload == null) return;
  // The storage may be away, which is why it is given up.
  await destination?.abandon?.(left.upload, file, AbortSignal.timeout(30_000)).catch(() => undefined);
}

function destinationOf(deps: SendDeps, schedule: Schedule, run: RunRow): Destination {
  const { allowedNetworks, folderRoot, clock } = deps;
  const { destination, target, name } = schedule;
  switch (destination) {
    case 'FOLDER':
      return folderDestination(folderRoot, target as ExportFolder);
    case 'S3':
      return bucketDestination({
        bucket: target as ExportBucket,
        secretAccessKey: openSecret(deps, schedule),
        allowedNetworks,
      });
    case 'WEBHOOK':
      return webhookDestination(target as ExportWebhook, {
        secret: openSecret(deps, schedule),
        allowedNetworks,
        runId: run.id,
        scheduleName: name,
        link: run.link,
        now: () => Math.floor(clock.now().getTime() / 1000),
      });
  }
}

/** @throws SendProblem when this machine has no master key */
function openSecret({ masterKeyFile }: SendDeps, { id, secret }: Schedule): string {
  if (secret === null) return '';
  const key = readMasterKey(masterKeyFile);
  if (key === undefined)
    throw new SendProblem('the usage daemon has no master key: NEPHOS_MASTER_KEY_FILE names no file');
  return unseal(key, secret, exportSecretContext(id)).toString();
}
