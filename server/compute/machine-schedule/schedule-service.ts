import type { Row, Transaction } from '@nephos/model/database.ts';
import type { ScheduledAction } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkRecurrence, nextRun, type Recurrence } from '../../platform/recurrence.ts';

export type ScheduleRow = Row<'VirtualMachineSchedule'>;

export interface ScheduleChange extends ExpectsVersion {
  description?: string | null | undefined;
  action?: ScheduledAction | null | undefined;
  cron?: string | null | undefined;
  timeZone?: string | null | undefined;
  isEnabled?: boolean | null | undefined;
  /** How many of its snapshots stay; for `SNAPSHOT`, and for nothing else. */
  keep?: number | null | undefined;
  /** `null`: at once; left out: as it is. */
  startsAt?: Date | null | undefined;
  /** `null`: never; left out: as it is. */
  endsAt?: Date | null | undefined;
}

export interface CreateScheduleInput extends ScheduleChange {
  virtualMachineId: Id<'VirtualMachine'>;
  action: ScheduledAction;
  cron: string;
  timeZone: string;
  idempotencyKey?: string | null | undefined;
}

const mostSchedules = 20;
/** Nothing is done to a machine more often than that. */
const leastMinutesApart = 5;
const mostKept = 100;

/** What one must be allowed to do oneself, to have it done again and again. */
const permissionFor: Record<ScheduledAction, Permission> = {
  START: 'virtualMachine.start',
  STOP: 'virtualMachine.stop',
  FORCE_STOP: 'virtualMachine.stop',
  REBOOT: 'virtualMachine.reboot',
  FORCE_REBOOT: 'virtualMachine.reboot',
  SNAPSHOT: 'virtualMachineSnapshot.create',
};

type Facts = Recurrence & Pick<ScheduleRow, 'description' | 'action' | 'keep' | 'isEnabled'>;

/** What is done to machines again and again. */
export class ScheduleService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED beyond 20 for a machine */
  create(actor: Actor, input: CreateScheduleInput): Promise<{ scheduleId: string }> {
    const action = 'virtualMachineSchedule.create';
    const blank = { description: '', keep: null, isEnabled: true, startsAt: null, endsAt: null };
    const facts = this.#checked(withChange({ ...blank, ...required(input) }, input));
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const machine = await mayDo(tx, actor, input.virtualMachineId, facts.action);
      await assertRoom(tx, machine);
      const scheduleId = newId('VirtualMachineSchedule');
      const { id: virtualMachineId, accountId } = machine;
      await tx
        .insertInto('VirtualMachineSchedule')
        .values({
          ...facts,
          id: scheduleId,
          accountId,
          virtualMachineId,
          nextRunAt: firstRun(facts, at),
          createdAt: at,
        })
        .execute();
      mutation.concerns('VirtualMachineSchedule', scheduleId, accountId, { ...facts, virtualMachineId });
      return { scheduleId };
    });
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT */
  update(
    actor: Actor,
    input: ScheduleChange & { id: Id<'VirtualMachineSchedule'> },
  ): Promise<{ scheduleId: string }> {
    const action = 'virtualMachineSchedule.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const seen = await getForChange(tx, actor, 'VirtualMachineSchedule', input.id, action);
      assertVersion('the schedule', seen, input);
      const before = factsOf(seen);
      const facts = this.#checked(withChange(before, input));
      await mayDo(tx, actor, seen.virtualMachineId, facts.action);
      await tx
        .updateTable('VirtualMachineSchedule')
        .set({ ...facts, nextRunAt: firstRun(facts, at) })
        .where('id', '=', seen.id)
        .execute();
      const changes = changedFields(before, facts);
      mutation.concerns('VirtualMachineSchedule', seen.id, seen.accountId, changes);
      return { scheduleId: seen.id };
    });
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN */
  async delete(actor: Actor, id: Id<'VirtualMachineSchedule'>): Promise<void> {
    const action = 'virtualMachineSchedule.delete';
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const seen = await getForChange(mutation.tx, actor, 'VirtualMachineSchedule', id, action);
      await mutation.tx.deleteFrom('VirtualMachineSchedule').where('id', '=', id).execute();
      const { virtualMachineId } = seen;
      mutation.concerns('VirtualMachineSchedule', id, seen.accountId, { ...factsOf(seen), virtualMachineId });
      return {};
    });
  }

  #checked(facts: Facts): Facts {
    const check = new Check();
    check.line('input.description', facts.description);
    checkRecurrence(check, facts, { now: this.#platform.clock.now(), leastMinutesApart });
    checkKeep(check, facts);
    check.done();
    return facts;
  }
}

const required = ({ action, cron, timeZone }: CreateScheduleInput) => ({ action, cron, timeZone });

function factsOf(row: ScheduleRow): Facts {
  const { description, action, keep, cron, timeZone, isEnabled, startsAt, endsAt } = row;
  return { description, action, keep, cron, timeZone, isEnabled, startsAt, endsAt };
}

function withChange(before: Facts, change: ScheduleChange): Facts {
  return {
    description: change.description ?? before.description,
    action: change.action ?? before.action,
    keep: keepAfter(before, change),
    cron: change.cron ?? before.cron,
    timeZone: change.timeZone ?? before.timeZone,
    isEnabled: change.isEnabled ?? before.isEnabled,
    startsAt: change.startsAt === undefined ? before.startsAt : change.startsAt,
    endsAt: change.endsAt === undefined ? before.endsAt : change.endsAt,
  };
}

/** What takes no snapshots keeps none. */
function keepAfter(before: Facts, change: ScheduleChange): number | null {
  const isOther = change.action != null && change.action !== 'SNAPSHOT';
  return change.keep ?? (isOther ? null : before.keep);
}

function checkKeep(check: Check, { action, keep }: Facts): void {
  const rule = `must be 1 to ${mostKept} for SNAPSHOT, and left out for all else`;
  const isRight = action === 'SNAPSHOT' ? keep !== null && keep >= 1 && keep <= mostKept : keep === null;
  check.that(isRight, 'input.keep', keep, rule);
}

function firstRun(facts: Facts, at: Date): Date | null {
  return facts.isEnabled ? nextRun(facts, at) : null;
}

/** The machine, locked. @throws PlatformError NOT_FOUND, FORBIDDEN */
function mayDo(tx: Transaction, actor: Actor, id: Id<'VirtualMachine'>, action: ScheduledAction) {
  return getForChange(tx, actor, 'VirtualMachine', id, permissionFor[action]);
}

async function assertRoom(tx: Transaction, machine: Row<'VirtualMachine'>): Promise<void> {
  const { count } = await tx
    .selectFrom('VirtualMachineSchedule')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('virtualMachineId', '=', machine.id)
    .executeTakeFirstOrThrow();
  if (count < mostSchedules) return;
  throw new PlatformError(
    'RESOURCE_LIMIT_EXCEEDED',
    `${machine.name} has ${mostSchedules} schedules, which is the most that a machine can have`,
    { details: { maximum: mostSchedules }, remedy: 'delete one of them first' },
  );
}
