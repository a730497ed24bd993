import type { Transaction } from '@nephos/model/database.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PublicAddresses } from '../../platform/public-addresses.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { orderRun, type RunFacts, type ScheduleRow } from './order-run.ts';
import { ownerOf } from './run-service.ts';
import { dueAfter } from './schedule-facts.ts';

const batch = 100;

/** Another server has just carried it out, or somebody changed it; or what it covers is not closed. */
class NotNow extends Error {
  override name = 'NotNow';
}

/** How it went: a run was ordered, or there was a reason against it. */
type Outcome = { runId: string } | { problem: string };

/**
 * Orders the files that are due, each moment of a schedule once, however many servers look. A moment that was missed is
 * made up for, one after the other: each file has its own day. One whose day is not closed stays due until it is.
 */
export function createExportScheduleRunner(platform: Platform, addresses: PublicAddresses): Reconciler {
  const { db, clock, settings, mutations, log } = platform;

  const order = async (tx: Transaction, facts: Omit<RunFacts, 'actor'>): Promise<Outcome> => {
    try {
      const actor = await ownerOf(tx, facts.schedule);
      const made = await orderRun(tx, { settings, addresses }, { ...facts, actor });
      if (typeof made === 'string') return { runId: made };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return { problem: error.message };
    }
    throw new NotNow();
  };

  const run = (schedule: ScheduleRow, dueAt: Date) =>
    mutations.run({ action: 'usageExportSchedule.run', actor: null, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      await hold(tx, schedule);
      const outcome = await order(tx, { schedule, dueAt, at });
      await tx
        .updateTable('UsageExportSchedule')
        .set({
          nextRunAt: dueAfter(schedule, dueAt),
          problem: 'problem' in outcome ? outcome.problem : null,
        })
        .where('id', '=', schedule.id)
        .execute();
      const { name } = schedule;
      mutation.concerns('UsageExportSchedule', schedule.id, null, { name, ...outcome });
      return {};
    });

  return new Reconciler({
    name: 'export-schedules',
    everySeconds: () => 2,
    look: async () => {
      const due = await db
        .selectFrom('UsageExportSchedule')
        .selectAll()
        .where('nextRunAt', '<=', clock.now())
        .orderBy('nextRunAt')
        .limit(batch)
        .execute();
      for (const schedule of due) {
        if (schedule.nextRunAt === null) continue;
        try {
          await run(schedule, schedule.nextRunAt);
        } catch (error) {
          if (!(error instanceof NotNow)) throw error;
        }
      }
    },
    log,
  });
}

/** The schedule as it was seen, until the transaction ends. @throws NotNow when it is another by now */
async function hold(tx: Transaction, { id, version }: ScheduleRow): Promise<void> {
  const held = await tx
    .selectFrom('UsageExportSchedule')
    .select('id')
    .where('id', '=', id)
    .where('version', '=', version)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (held === undefined) throw new NotNow();
}
