import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { statesThatAccept } from '../virtual-machine/state-machine.ts';
import type { SnapshotService } from './snapshot-service.ts';
import { lockMachine, moveSnapshot, type SnapshotRow } from './store.ts';
import { appendSnapshotUsage } from './usage.ts';

const batch = 100;

const isWorkedOn = sql<boolean>`exists (select 1 from "Job" j where j."lane" = "VirtualMachineSnapshot"."virtualMachineId"
  and j."status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'))`;

/**
 * Deletes snapshots of schedules beyond those that are to be kept, oldest first, and settles those that no job works
 * on any more: after the restore of an old database, or through a mistake of ours.
 */
export function createSnapshotKeeper(platform: Platform, snapshots: SnapshotService): Reconciler {
  const { db, clock, log } = platform;

  const deleteSurplus = async () => {
    const { rows } = await sql<Pick<SnapshotRow, 'id'>>`
      select s."id" from (
        select "id", "virtualMachineId", "keep",
          row_number() over (partition by "scheduleId" order by "id" desc) as "place"
        from (select t."id", t."virtualMachineId", t."scheduleId", c."keep"
          from "VirtualMachineSchedule" c join "VirtualMachineSnapshot" t on t."scheduleId" = c."id"
          where c."keep" is not null and t."state" = 'READY') as taken
      ) as s join "VirtualMachine" m on m."id" = s."virtualMachineId"
      where s."place" > s."keep" and m."state"::text = any(${statesThatAccept('deleteSnapshot')}::text[])
      order by s."id" limit ${batch}`.execute(db);
    for (const { id } of rows) {
      try {
        await snapshots.delete(null, { id });
      } catch (error) {
        // It changed since it was looked at, or no host reaches it now: it is looked at again.
        if (!(error instanceof PlatformError)) throw error;
        log.warn(
          { err: error, snapshotId: id },
          'a snapshot that is not to be kept could not be deleted yet',
        );
      }
    }
  };

  const settleLost = async () => {
    const lost = await db
      .selectFrom('VirtualMachineSnapshot')
      .select(['id', 'virtualMachineId', 'state'])
      .where('state', 'not in', ['READY', 'ERROR'])
      .where((row) => row.not(isWorkedOn))
      .limit(batch)
      .execute();
    for (const { id, virtualMachineId, state } of lost) {
      await db.transaction().execute(async (tx) => {
        await lockMachine(tx, virtualMachineId);
        const snapshot = await tx
          .selectFrom('VirtualMachineSnapshot')
          .selectAll()
          .where('id', '=', id)
          .where('state', '=', state)
          .where((row) => row.not(isWorkedOn))
          .executeTakeFirst();
        if (snapshot === undefined) return;
        const settled = await moveSnapshot(tx, id, 'jobLost');
        // What there is of it has to be deleted, and costs until it is.
        if (state === 'CREATING') await appendSnapshotUsage(tx, 'begins', settled, clock.now());
        log.error({ snapshotId: id, from: state, to: settled.state }, 'nothing worked on a snapshot');
      });
    }
  };

  return new Reconciler({
    name: 'machine-snapshots',
    everySeconds: () => 10,
    look: async () => {
      await deleteSurplus();
      await settleLost();
    },
    log,
  });
}
