import type { Row } from '@nephos/model/database.ts';
import type { UsageExportFormat, UsageExportKind, UsageExportRange } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ExpectsVersion } from '../../platform/expected-version.ts';
import { checkRecurrence, nextRun } from '../../platform/recurrence.ts';
import type { Check } from '../../platform/validation.ts';
import type { ScheduleRow } from './order-run.ts';
import type { TargetInput } from './target-input.ts';

type Change<Value> = Value | null | undefined;

/** What somebody may change of a schedule; what is left out stays as it is. */
export interface ExportScheduleChange extends ExpectsVersion {
  name?: Change<string>;
  format?: Change<UsageExportFormat>;
  range?: Change<UsageExportRange>;
  cron?: Change<string>;
  timeZone?: Change<string>;
  isEnabled?: Change<boolean>;
  target?: Change<TargetInput>;
}

/** A schedule to be made. */
export interface CreateExportScheduleInput extends ExportScheduleChange {
  name: string;
  kind: UsageExportKind;
  format: UsageExportFormat;
  range: UsageExportRange;
  cron: string;
  timeZone: string;
  target: TargetInput;
  accountId: Id<'Account'> | null;
  zoneId: Id<'Zone'> | null;
  /** CloudStack's number. */
  usageType?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** What a schedule says of its files and their time. */
export type ScheduleFacts = Pick<
  Row<'UsageExportSchedule'>,
  'name' | 'format' | 'range' | 'cron' | 'timeZone' | 'isEnabled'
>;

/** Files of a whole day need not be made more often than that. */
const leastMinutesApart = 60;

export function factsOf({ name, format, range, cron, timeZone, isEnabled }: ScheduleRow): ScheduleFacts {
  return { name, format, range, cron, timeZone, isEnabled };
}

/** The facts after a change. */
export function factsAfter(before: ScheduleFacts, change: ExportScheduleChange): ScheduleFacts {
  return {
    name: change.name ?? before.name,
    format: change.format ?? before.format,
    range: change.range ?? before.range,
    cron: change.cron ?? before.cron,
    timeZone: change.timeZone ?? before.timeZone,
    isEnabled: change.isEnabled ?? before.isEnabled,
  };
}

/** Notes what is wrong with the facts as input. */
export function checkFacts(check: Check, facts: ScheduleFacts & { kind: UsageExportKind }, now: Date): void {
  check.name('input.name', facts.name);
  check.that(
    facts.kind !== 'STATEMENTS' || facts.range === 'PREVIOUS_MONTH',
    'input.range',
    facts.range,
    'must be PREVIOUS_MONTH for STATEMENTS, which are of months',
  );
  const recurrence = { cron: facts.cron, timeZone: facts.timeZone, startsAt: null, endsAt: null };
  checkRecurrence(check, recurrence, { now, leastMinutesApart });
}

/** The first moment after another at which a file is due; `null` while the schedule is disabled. */
export function dueAfter({ cron, timeZone, isEnabled }: ScheduleFacts, after: Date): Date | null {
  return isEnabled ? nextRun({ cron, timeZone, startsAt: null, endsAt: null }, after) : null;
}
