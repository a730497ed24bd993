import type { Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded, lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { demandContent } from '../usage-export/usage-export-service.ts';
import { demandDestination, type ScheduleRow } from './order-run.ts';
import {
  checkFacts,
  dueAfter,
  factsAfter,
  factsOf,
  type CreateExportScheduleInput,
  type ExportScheduleChange,
} from './schedule-facts.ts';
import { secretFor } from './schedule-secret.ts';
import { readTarget, type GivenTarget, type TargetInput } from './target-input.ts';

const mostSchedules = 20;

/** Files of usage that are made and sent again and again, as their users set them up. */
export class ExportScheduleService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED beyond 20 of one user */
  create(actor: Actor, input: CreateExportScheduleInput): Promise<{ scheduleId: string }> {
    const action = 'usageExportSchedule.create';
    const { target, ...compared } = input;
    const { name, format, range, cron, timeZone } = input;
    const facts = { name, format, range, cron, timeZone, isEnabled: input.isEnabled ?? true };
    const given = this.#checked(target, (check) => {
      checkFacts(check, { ...facts, kind: input.kind }, this.#platform.clock.now());
      if (input.usageType != null) check.range('input.usageType', input.usageType, 1, 1000);
    });
    if (given === undefined)
      throw invalid('input.target', null, 'must have one of folder, bucket and webhook');
    demandContent(actor, input.kind);
    demandDestination(actor, given.destination);
    return this.#platform.mutations.run({ action, actor, input: compared }, async (mutation) => {
      const { tx, at } = mutation;
      const { accountId, zoneId, kind } = input;
      if (accountId !== null) await getGuarded(tx, actor, 'Account', accountId, action);
      if (zoneId !== null) await getGuarded(tx, actor, 'Zone', zoneId, action);
      await assertRoom(tx, actor);
      const scheduleId = newId('UsageExportSchedule');
      await tx
        .insertInto('UsageExportSchedule')
        .values({
          ...facts,
          ...this.#stored(scheduleId, given),
          id: scheduleId,
          userId: actor.userId,
          kind,
          ofAccountId: accountId,
          ofZoneId: zoneId,
          ofUsageType: input.usageType ?? null,
          nextRunAt: dueAfter(facts, at),
          createdAt: at,
        })
        .execute();
      const told = { ...facts, kind, destination: given.destination, target: given.target };
      mutation.concerns('UsageExportSchedule', scheduleId, actor.accountId, told);
      return { scheduleId };
    });
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT */
  update(
    actor: Actor,
    input: ExportScheduleChange & { id: Id<'UsageExportSchedule'> },
  ): Promise<{ scheduleId: string }> {
    const action = 'usageExportSchedule.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const seen = await lockForChange(tx, actor, 'UsageExportSchedule', input.id, action);
      assertVersion('the schedule', seen, input);
      const before = factsOf(seen);
      const facts = factsAfter(before, input);
      const given = this.#checked(input.target ?? {}, (check) =>
        checkFacts(check, { ...facts, kind: seen.kind }, at),
      );
      if (given !== undefined) demandDestination(actor, given.destination);
      const isMoved = facts.cron !== before.cron || facts.timeZone !== before.timeZone;
      await tx
        .updateTable('UsageExportSchedule')
        .set({
          ...facts,
          ...(given && this.#stored(seen.id, given, seen)),
          // What is due already stays due.
          ...((isMoved || facts.isEnabled !== before.isEnabled) && { nextRunAt: dueAfter(facts, at) }),
          problem: null,
        })
        .where('id', '=', seen.id)
        .execute();
      const changes = {
        ...changedFields(before, facts),
        ...(given && { target: { before: seen.target, after: given.target } }),
      };
      mutation.concerns('UsageExportSchedule', seen.id, await accountOf(tx, seen), changes);
      return { scheduleId: seen.id };
    });
  }

  /** Ends it, and forgets its runs; files that it made stay until they expire. @throws PlatformError NOT_FOUND, FORBIDDEN */
  async delete(actor: Actor, id: Id<'UsageExportSchedule'>): Promise<void> {
    const action = 'usageExportSchedule.delete';
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const seen = await lockForChange(tx, actor, 'UsageExportSchedule', id, action);
      await tx.deleteFrom('UsageExportSchedule').where('id', '=', id).execute();
      mutation.concerns('UsageExportSchedule', id, await accountOf(tx, seen), { name: seen.name });
      return {};
    });
  }

  /** @throws PlatformError VALIDATION_FAILED */
  #checked(target: TargetInput, more: (check: Check) => void): GivenTarget | undefined {
    const check = new Check();
    more(check);
    const given = readTarget(check, target, 'input.target');
    check.done();
    return given;
  }

  #stored(id: Id<'UsageExportSchedule'>, given: GivenTarget, seen?: ScheduleRow) {
    const { destination, target } = given;
    const secret = secretFor(this.#platform.sealing, { id, ...(seen && { seen }) }, given);
    return { destination, target: JSON.stringify(target), secret };
  }
}

async function accountOf(tx: Transaction, { userId }: ScheduleRow): Promise<Id<'Account'>> {
  const { accountId } = await tx
    .selectFrom('User')
    .select('accountId')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  return accountId;
}

/** Two at the same moment wait for each other, so that no more are made than there is room for. */
async function assertRoom(tx: Transaction, { userId }: Actor): Promise<void> {
  await tx.selectFrom('User').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
  const { count } = await tx
    .selectFrom('UsageExportSchedule')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow();
  if (count < mostSchedules) return;
  throw new PlatformError(
    'RESOURCE_LIMIT_EXCEEDED',
    `you have ${mostSchedules} export schedules, which is the most that a user can have`,
    { details: { maximum: mostSchedules }, remedy: 'delete one of them first' },
  );
}
