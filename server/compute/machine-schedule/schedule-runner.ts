import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import type { SnapshotService } from '../machine-snapshot/snapshot-service.ts';
import type { LifecycleService } from '../virtual-machine/lifecycle-service.ts';
import type { MachineInput } from '../virtual-machine/machine-change.ts';
import { nextRun } from '../../platform/recurrence.ts';
import type { ScheduleRow } from './schedule-service.ts';

const batch = 100;

/** What a snapshot is called that a schedule took. */
const nameAt = (at: Date) => `scheduled ${at.toISOString().slice(0, 16).replace('T', ' ').replace(':', '.')}`;

/** Another server has just carried it out, or somebody changed it. */
class NotDueAnyMore extends Error {
  override name = 'NotDueAnyMore';
}

/** How a run went: it made a job, or there was a reason to do nothing. */
type Outcome = { lastJobId: Id<'Job'>; lastSkipReason: null } | { lastJobId: null; lastSkipReason: string };

/**
 * Carries out what is due: each moment once, however many servers look. The job is made in the very transaction that
 * moves the schedule to its next moment.
 */
export function createScheduleRunner(
  platform: Platform,
  { machines, snapshots }: { machines: LifecycleService; snapshots: SnapshotService },
): Reconciler {
  const { db, clock, settings, log } = platform;

  const perform = ({ id, action }: ScheduleRow, input: MachineInput): Promise<unknown> => {
    switch (action) {
      case 'START':
        return machines.start(null, input);
      case 'STOP':
      case 'FORCE_STOP':
        return machines.stop(null, { ...input, isForced: action === 'FORCE_STOP' });
      case 'REBOOT':
      case 'FORCE_REBOOT':
        return machines.reboot(null, { ...input, isForced: action === 'FORCE_REBOOT' });
      case 'SNAPSHOT':
        return snapshots.create(null, { ...input, name: nameAt(clock.now()), scheduleId: id });
    }
  };

  const advance = async (
    tx: Pick<Transaction, 'updateTable'>,
    schedule: ScheduleRow,
    at: Date,
    outcome: Outcome,
  ) => {
    const moved = await tx
      .updateTable('VirtualMachineSchedule')
      .set({ ...outcome, lastRunAt: at, nextRunAt: nextRun(schedule, at) })
      .where('id', '=', schedule.id)
      .where('version', '=', schedule.version)
      .returning('id')
      .executeTakeFirst();
    if (moved === undefined) throw new NotDueAnyMore();
  };

  const run = async (schedule: ScheduleRow, dueAt: Date): Promise<void> => {
    const at = clock.now();
    const minutesLate = (at.getTime() - dueAt.getTime()) / 60_000;
    const skip = (lastSkipReason: string) => advance(db, schedule, at, { lastJobId: null, lastSkipReason });
    if (minutesLate > settings.get('vm.schedule.missed.minutes')) {
      await skip(`the platform was away when it was due, ${Math.round(minutesLate)} minutes ago`);
      return;
    }
    try {
      await perform(schedule, {
        id: schedule.virtualMachineId,
        alongside: (tx, jobId) => advance(tx, schedule, at, { lastJobId: jobId, lastSkipReason: null }),
      });
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      await skip(error.message);
    }
  };

  return new Reconciler({
    name: 'machine-schedules',
    everySeconds: () => 2,
    look: async () => {
      const due = await db
        .selectFrom('VirtualMachineSchedule')
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
          if (!(error instanceof NotDueAnyMore)) throw error;
        }
      }
    },
    log,
  });
}
