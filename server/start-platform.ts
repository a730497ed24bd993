import { connectDatabase } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { AuditChain } from './platform/audit/chain.ts';
import { RefusalLog } from './platform/audit/refusal-log.ts';
import { AuditSealer } from './platform/audit/sealer.ts';
import { ChangeFeed } from './platform/change-feed/change-feed.ts';
import { channels } from './platform/change-feed/change.ts';
import { Sequencer } from './platform/change-feed/sequencer.ts';
import { Housekeeping } from './platform/housekeeping.ts';
import { JobRunner } from './platform/jobs/job-runner.ts';
import type { Logger } from './platform/log.ts';
import { Metrics } from './platform/metrics.ts';
import { ensurePartitions } from './platform/partitions.ts';
import { Mutations } from './platform/mutations.ts';
import type { Platform } from './platform/platform.ts';
import { Sealing } from './platform/sealing.ts';
import { Bus } from './platform/servers/bus.ts';
import { ServerInstance } from './platform/servers/server-instance.ts';
import { Settings } from './platform/settings/settings.ts';

export interface PlatformOptions {
  databaseUrl: string;
  databaseConnections: number;
  masterKeyFile: string;
  jobConcurrency: number;
  leaseSeconds: number;
  /** See `NEPHOS_PARK_AT`. */
  parkAt: string;
  clock: Clock;
  log: Logger;
  /** Called after each SQL statement; tests count them. */
  onStatement?: (text: string) => void;
}

export interface RunningPlatform {
  platform: Platform;
  /** Begins to work on jobs; every saga is registered by then. */
  startJobs(): void;
  /** Lets go of everything, in the order that leaves nothing half done. */
  stop(): Promise<void>;
}

const catchUpAgainMs = 500;

/** Followers tell the sequencer of their commits at most this often. */
const tellPendingMs = 10;

/** Connects to the database and starts what every feature stands on. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { databaseUrl, clock, log } = options;
  const metrics = new Metrics();
  const sealing = Sealing.fromFile(options.masterKeyFile);
  let onCommitted: () => void = () => undefined;
  const connection = connectDatabase({
    url: databaseUrl,
    // The bus, the sequencer and the sealer of audit events have a connection of their own.
    maxConnections: options.databaseConnections - 3,
    applicationName: 'nephos-server',
    observer: {
      statement: (text, milliseconds) => {
        metrics.statements.inc();
        metrics.statementSeconds.observe(milliseconds / 1000);
        options.onStatement?.(text);
      },
      committed: () => onCommitted(),
    },
  });
  const { db } = connection;
  await ensurePartitions(db, clock.now());

  const instance = new ServerInstance({ db, leaseSeconds: options.leaseSeconds, log });
  await instance.start();
  const serverId = instance.id;

  const bus = new Bus({ databaseUrl, db, serverId, log });
  const feed = new ChangeFeed(db);
  await feed.start();
  const catchUp = () => {
    // Nobody may tell of another change for a long time, so what could not be read now is read later.
    feed.catchUp().catch(() => setTimeout(catchUp, catchUpAgainMs).unref());
  };
  const sequencer = new Sequencer({
    databaseUrl,
    serverId,
    log,
    metrics,
    onNumbered: (changes) => feed.accept(changes),
    onTurn: catchUp,
  });
  bus.onChannel(channels.numbered, () => {
    // Who numbers has the changes themselves, and need not read them.
    if (!sequencer.isLeader) catchUp();
  });
  bus.onReconnect(catchUp);
  const chain = await AuditChain.open(db, sealing);
  const sealer = new AuditSealer({ databaseUrl, chain, log });
  const refusals = new RefusalLog({ db, clock, log });
  const tell = tellSequencer(sequencer, () => connection.pool.query(`notify ${channels.pending}`));
  onCommitted = () => {
    tell();
    sealer.sealSoon();
  };

  const settings = new Settings({ db, bus });
  await settings.refresh();
  const runner = new JobRunner({
    db,
    serverId,
    clock,
    log,
    metrics,
    concurrency: options.jobConcurrency,
    parkAt: options.parkAt,
  });
  bus.on('job.cancel', ({ jobId }) => runner.cancel(jobId));
  const mutations = new Mutations({ db, clock, runner });
  const housekeeping = new Housekeeping({ db, clock, settings, chain, log });

  await bus.start();
  sequencer.start();
  housekeeping.start();
  sealer.start();

  const platform: Platform = {
    serverId,
    onTakenForDead: (handler) => instance.onTakenForDead(handler),
    db,
    clock,
    log,
    metrics,
    settings,
    bus,
    feed,
    runner,
    mutations,
    refusals,
    sealing,
  };
  return {
    platform,
    startJobs: () => runner.start(),
    stop: async () => {
      housekeeping.stop();
      await runner.stop();
      await sequencer.stop();
      await refusals.stop();
      await sealer.stop();
      await bus.stop();
      await instance.stop().catch(() => undefined);
      await connection.close();
    },
  };
}

/** Wakes the sequencer where it is: in this process, or by a notification that many commits share. */
function tellSequencer(sequencer: Sequencer, notify: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (sequencer.isLeader) {
      sequencer.wake();
      return;
    }
    timer ??= setTimeout(() => {
      timer = undefined;
      // A notice that is lost costs a second: the sequencer looks by itself that often.
      notify().catch(() => undefined);
    }, tellPendingMs);
  };
}
