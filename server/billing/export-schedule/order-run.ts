import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { demand } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import type { PublicAddresses } from '../../platform/public-addresses.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { findClosedEnd, insertOrder } from '../usage-export/order.ts';
import { demandContent } from '../usage-export/usage-export-service.ts';
import { rangeBefore } from './export-range.ts';

/** A schedule as it is stored. */
export type ScheduleRow = Row<'UsageExportSchedule'>;

export interface RunDeps {
  settings: Settings;
  addresses: PublicAddresses;
}

/** What a run is for. */
export interface RunFacts {
  schedule: ScheduleRow;
  /** The schedule's user, with the rights of this moment. */
  actor: Actor;
  dueAt: Date;
  at: Date;
}

/** The days that a run covers are not closed yet. */
export interface NotClosedYet {
  waitsFor: Date;
}

/**
 * Orders the file of one run, with what its user sees now; the usage daemon makes it, and sends it.
 * @returns its id, or until when periods must be closed first
 * @throws PlatformError FORBIDDEN when the user may not read what it is made of any more
 */
export async function orderRun(
  tx: Transaction,
  { settings, addresses }: RunDeps,
  { schedule, actor, dueAt, at }: RunFacts,
): Promise<Id<'UsageExportRun'> | NotClosedYet> {
  demand(actor, 'usageExport.create');
  demandContent(actor, schedule.kind);
  const timeZone = settings.get('usage.aggregation.timezone');
  const { from, until } = await rangeBefore(tx, schedule.range, { at: dueAt, timeZone });
  const closedEnd = await findClosedEnd(tx);
  if (closedEnd === undefined || closedEnd < until) return { waitsFor: until };
  const { id: scheduleId, userId, kind, format, ofAccountId, ofZoneId, ofUsageType } = schedule;
  const covers = { coversFrom: from, coversUntil: until };
  const exportId = await insertOrder(
    tx,
    { kind, format, ...covers, ofAccountId, ofZoneId, ofUsageType, ofResourceId: null, scheduleId },
    { actor, settings, at },
  );
  const id = newId('UsageExportRun');
  await tx
    .insertInto('UsageExportRun')
    .values({
      ...covers,
      ...{ id, scheduleId, userId, exportId, dueAt },
      link: `${addresses.console}/exports/${exportId}`,
      nextAttemptAt: at,
      createdAt: at,
    })
    .execute();
  return id;
}
