import type { Database } from '@nephos/model/database.ts';
import { systemClock } from '@nephos/model/kernel/clock.ts';
import cron, { type ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import { serveCloseRequests } from './close-requests.ts';
import { ExportLoop } from './export/export-loop.ts';
import { PushLoop } from './export/push/push-loop.ts';
import { Lease } from './lease.ts';
import { LiveLoop } from './live/live-loop.ts';
import { Parking } from './parking.ts';
import { closePeriods, dueBy, type ClosingDeps } from './period/close-periods.ts';
import { readUsageSettings } from './period/settings-store.ts';
import { removeOldEvents } from './retention/remove-events.ts';

const everyFiveSeconds = '*/5 * * * * *';
/** What failed is tried again after this, unless somebody asks for something. */
const pauseMs = 30_000;

export interface UsageDaemonOptions {
  databaseUrl: string;
  db: Database;
  log: Logger;
  /** Points at which it stops, for fault tests, separated by commas; empty: never. */
  parkAt: string;
  /** Below which folders of export schedules lie; empty when files may not be written to this machine. */
  exportFolder: string;
  /** With the key that opens secrets of export schedules. */
  masterKeyFile: string;
}

/**
 * Sums up usage, period by period, one daemon at a time. It looks every few seconds for what is due, by settings as they
 * then are: what it missed while it was away is due at once.
 */
export class UsageDaemon {
  readonly #deps: ClosingDeps;
  readonly #lease: Lease;
  readonly #exports: ExportLoop;
  readonly #push: PushLoop;
  readonly #live = new LiveLoop();
  #task: ScheduledTask | undefined;
  #isLeading = false;
  #isLooking = false;
  /** More than the one it is at: somebody asked for something meanwhile. */
  #looksWanted = 0;
  #pausedUntil = 0;

  constructor({ databaseUrl, db, log, parkAt, exportFolder, masterKeyFile }: UsageDaemonOptions) {
    this.#deps = { db, log, clock: systemClock, parking: new Parking(parkAt, log) };
    const clock = systemClock;
    const push = new PushLoop({ db, clock, log, folderRoot: exportFolder, masterKeyFile });
    this.#push = push;
    this.#exports = new ExportLoop({ db, databaseUrl, log, onMade: () => push.wake() });
    this.#lease = new Lease({ databaseUrl, onNotice: () => this.#wake() });
  }

  start(): void {
    this.#task = cron.schedule(everyFiveSeconds, () => this.#look());
    this.#wake();
  }

  async stop(): Promise<void> {
    await this.#task?.destroy();
    await this.#exports.stop();
    await this.#push.stop();
    await this.#lease.release();
  }

  /** Looks at once. */
  #wake(): void {
    this.#pausedUntil = 0;
    if (this.#isLooking) this.#looksWanted = 2;
    else void this.#look();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    for (this.#looksWanted = 1; this.#looksWanted > 0; this.#looksWanted--) await this.#work();
    this.#isLooking = false;
  }

  async #work(): Promise<void> {
    const { db, clock, log } = this.#deps;
    try {
      const isLeading = await this.#lease.hold();
      if (isLeading && !this.#isLeading) log.info('summing up usage');
      this.#isLeading = isLeading;
      if (isLeading) {
        this.#exports.wake();
        this.#push.wake();
      }
      if (!isLeading || performance.now() < this.#pausedUntil) return;
      const settings = await readUsageSettings(db);
      await serveCloseRequests(this.#deps, settings);
      const now = clock.now();
      const closed = await closePeriods(this.#deps, settings, dueBy(now, settings));
      if (closed > 0) await removeOldEvents(this.#deps, now, settings.keptMonths);
      await this.#live.look(this.#deps, settings);
    } catch (error) {
      // The database is away, or not migrated yet; or something is wrong, which has to be told more than once.
      log.warn({ err: error }, 'usage could not be summed up');
      this.#pausedUntil = performance.now() + pauseMs;
    }
  }
}
