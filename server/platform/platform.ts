import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { RefusalLog } from './audit/refusal-log.ts';
import type { ChangeFeed } from './change-feed/change-feed.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Mutations } from './mutations.ts';
import type { Sealing } from './sealing.ts';
import type { Bus } from './servers/bus.ts';
import type { Settings } from './settings/settings.ts';

/** What every feature stands on. */
export interface Platform {
  serverId: Id<'ServerInstance'>;
  /** Has something done whenever other servers may have taken this one for dead. */
  onTakenForDead(handler: () => void): void;
  db: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  settings: Settings;
  bus: Bus;
  feed: ChangeFeed;
  runner: JobRunner;
  mutations: Mutations;
  refusals: RefusalLog;
  sealing: Sealing;
}
