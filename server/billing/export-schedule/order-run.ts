import type { Row, Transaction } from '@nephos/model/database.ts';
import type { UsageExportDestination } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
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

/** What a run is to be made of is not there yet. */
export interface NotYet {
  /** For people. */
  waitsFor: string;
  remedy: string;
}

/** What is written on the machine that bills is the platform's business. @throws PlatformError FORBIDDEN */
export function demandDestination(actor: Actor, destination: UsageExportDestination): void {
  if (destination === 'FOLDER') demand(actor, 'setting.update');
}

/**
 * Orders the file of one run, with what its user sees now; the usage daemon makes it, and sends it.
 * @returns its id, or what it waits for
 * @throws PlatformError FORBIDDEN when the user may not read what it is made of any more, or not write to where it goes
 */
export async function orderRun(
  tx: Transaction,
  { settings, addresses }: RunDeps,
  { schedule, actor, dueAt, at }: RunFacts,
): Promise<Id<'UsageExportRun'> | NotYet> {
  demand(actor, 'usageExport.create');
  demandContent(actor, schedule.kind);
  demandDestination(actor, schedule.destination);
  const timeZone = settings.get('usage.aggregation.timezone');
  const { from, until } = await rangeBefore(tx, schedule.range, { at: dueAt, timeZone });
  const closedEnd = await findClosedEnd(tx);
  if (closedEnd === undefined || closedEnd < until)
    return {
      waitsFor: `usage up to ${until.toISOString()} is not summed up yet`,
      remedy: 'wait until its periods are closed',
    };
  const month = wallTimeAt(from, timeZone).date.slice(0, 7);
  if (schedule.kind === 'STATEMENTS' && !(await isBilled(tx, month)))
    return { waitsFor: `${month} has no statements yet`, remedy: 'wait until they are issued' };
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

async function isBilled(tx: Transaction, month: string): Promise<boolean> {
  const issued = await tx
    .selectFrom('StatementMonth')
    .select('month')
    .where('month', '=', month)
    .executeTakeFirst();
  return issued !== undefined;
}
