import type { Row, Transaction } from '@nephos/model/database.ts';
import type { UsageExportFormat, UsageExportKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { demand, getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import { readingPermission, type GuardedTable } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { findClosedEnd, insertOrder } from './order.ts';

/** A file of usage as it is stored, without its content. */
export type ExportRow = Row<'UsageExport'>;

export interface CreateExportInput {
  kind: UsageExportKind;
  format: UsageExportFormat;
  /** Periods that begin from here on. */
  from: Date;
  /** Periods that begin before. */
  until: Date;
  accountId: Id<'Account'> | null;
  zoneId: Id<'Zone'> | null;
  /** CloudStack's number. */
  usageType?: number | null | undefined;
  resourceId?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const mostExports = 20;

/** What one must be allowed to read oneself, to have it in a file. */
const tablesOf: Record<UsageExportKind, readonly GuardedTable[]> = {
  RECORDS: ['UsageRecord'],
  RATED_LINES: ['RatedLine'],
  FOCUS: ['RatedLine', 'Statement', 'PrepaidTerm'],
  STATEMENTS: ['Statement'],
};

/** @throws PlatformError FORBIDDEN when the actor may not read what such a file is made of */
export function demandContent(actor: Actor, kind: UsageExportKind): void {
  for (const table of tablesOf[kind]) demand(actor, readingPermission(table));
}

/** Files of usage. The server takes orders; the usage daemon makes them. */
export class UsageExportService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Orders a file of what the actor sees now, of periods that are closed now.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED beyond 20 of one user
   */
  create(actor: Actor, input: CreateExportInput): Promise<{ exportId: string }> {
    const action = 'usageExport.create';
    checkInput(input);
    demandContent(actor, input.kind);
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const { kind, format, accountId, zoneId } = input;
      if (accountId !== null) await getGuarded(tx, actor, 'Account', accountId, action);
      if (zoneId !== null) await getGuarded(tx, actor, 'Zone', zoneId, action);
      await assertRoom(tx, actor);
      const order = {
        kind,
        format,
        coversFrom: input.from,
        coversUntil: await closedPart(tx, input),
        ofAccountId: accountId,
        ofZoneId: zoneId,
        ofUsageType: input.usageType ?? null,
        ofResourceId: input.resourceId ?? null,
        scheduleId: null,
      };
      const exportId = await insertOrder(tx, order, { actor, settings: this.#platform.settings, at });
      mutation.concerns('UsageExport', exportId, actor.accountId, order);
      return { exportId };
    });
  }

  /**
   * Removes a file; one that is being made is not made any more.
   * @throws PlatformError NOT_FOUND, FORBIDDEN
   */
  async delete(actor: Actor, id: Id<'UsageExport'>): Promise<void> {
    const action = 'usageExport.delete';
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { kind, format } = await getForChange(mutation.tx, actor, 'UsageExport', id, action);
      await mutation.tx.deleteFrom('UsageExport').where('id', '=', id).execute();
      mutation.concerns('UsageExport', id, actor.accountId, { kind, format });
      return {};
    });
  }
}

function checkInput({ kind, from, until, usageType, resourceId }: CreateExportInput): void {
  const check = new Check();
  check.that(from < until, 'input.until', until, 'must be after from');
  if (usageType != null) check.range('input.usageType', usageType, 1, 1000);
  if (resourceId != null) check.line('input.resourceId', resourceId);
  // A line sums up many things.
  const isOfOneThing = kind === 'STATEMENTS' && resourceId != null;
  check.that(!isOfOneThing, 'input.resourceId', resourceId, 'must be left out for STATEMENTS');
  check.done();
}

/** Where the file ends: what is not closed may still change, and two files of the same would differ. */
async function closedPart(tx: Transaction, { from, until }: CreateExportInput): Promise<Date> {
  const end = await findClosedEnd(tx);
  const closed = end === undefined || end < from ? from : end;
  return until < closed ? until : closed;
}

/** Two orders at the same moment wait for each other, so that no more are made than there is room for. */
async function assertRoom(tx: Transaction, { userId }: Actor): Promise<void> {
  await tx.selectFrom('User').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
  const { count } = await tx
    .selectFrom('UsageExport')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('userId', '=', userId)
    .where('scheduleId', 'is', null)
    .executeTakeFirstOrThrow();
  if (count < mostExports) return;
  throw new PlatformError(
    'RESOURCE_LIMIT_EXCEEDED',
    `you have ${mostExports} exports, which is the most that a user can have`,
    { details: { maximum: mostExports }, remedy: 'delete one of them first' },
  );
}
