import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkPrice, storedPrice, type PriceInput } from './price-input.ts';
import { checkTariff, loadTariffScope, type TariffPlan } from './tariff-plan.ts';
import { hourOf, isWholeHour, nextHour } from './whole-hours.ts';

export interface CreateTariffInput extends TariffPlan {
  price: PriceInput;
  idempotencyKey?: string | null | undefined;
}

export interface AddTariffVersionInput extends ExpectsVersion {
  tariffId: Id<'Tariff'>;
  price: PriceInput;
  idempotencyKey?: string | null | undefined;
}

export interface RemoveTariffInput extends ExpectsVersion {
  id: Id<'Tariff'>;
  endsAt?: Date | null | undefined;
}

export interface UpdateTariffInput extends ExpectsVersion {
  id: Id<'Tariff'>;
  name?: string | null | undefined;
  description?: string | null | undefined;
  /** `null`: it goes on; left out: as it is. */
  endsAt?: Date | null | undefined;
}

/** What uses cost. A price is never changed: another one follows it. */
export class TariffService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND for what the scope names and the actor does not see */
  create(actor: Actor, input: CreateTariffInput): Promise<{ tariffId: string }> {
    const action = 'tariff.create';
    const { price, idempotencyKey: _, ...plan } = input;
    const firstHour = hourOf(this.#platform.clock.now());
    const check = new Check();
    checkTariff(check, plan);
    checkPrice(check, price, plan.usageType, firstHour);
    check.done();
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const id = newId('Tariff');
      const row = { id, ...(await loadTariffScope(tx, actor, plan, action)), createdAt: at };
      try {
        await tx.insertInto('Tariff').values(row).execute();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw takenName(plan.name);
      }
      // What began in this hour is counted from its beginning: prices change at whole hours.
      await insertVersion(tx, id, price, price.validFrom ?? firstHour);
      mutation.concerns('Tariff', id, row.accountId, { ...plan, price: shownPrice(price) });
      return { tariffId: id };
    });
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT */
  addVersion(actor: Actor, input: AddTariffVersionInput): Promise<{ tariffId: string }> {
    const action = 'tariff.update';
    const { price } = input;
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const tariff = await lockForChange(tx, actor, 'Tariff', input.tariffId, action);
      assertVersion(`tariff ${tariff.name}`, tariff, input);
      assertGoesOn(tariff, at);
      const next = nextHour(at);
      const check = new Check();
      checkPrice(check, price, tariff.usageType, next);
      const validFrom = price.validFrom ?? next;
      check.that(
        tariff.endsAt === null || validFrom < tariff.endsAt,
        'input.price.validFrom',
        validFrom,
        `must lie before the tariff’s end, ${tariff.endsAt?.toISOString() ?? ''}`,
      );
      check.done();
      try {
        await insertVersion(tx, tariff.id, price, validFrom);
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw invalid('input.price.validFrom', validFrom, 'is when another price of this tariff begins');
      }
      await tx.updateTable('Tariff').set({ updatedAt: at }).where('id', '=', tariff.id).execute();
      mutation.concerns('Tariff', tariff.id, tariff.accountId, {
        price: shownPrice({ ...price, validFrom }),
      });
      return { tariffId: tariff.id };
    });
  }

  /**
   * Changes what a tariff is called, what it is for, and its end. What it is for whom, and of what, never changes.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE when it has ended, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateTariffInput): Promise<{ tariffId: string }> {
    const action = 'tariff.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const tariff = await lockForChange(tx, actor, 'Tariff', input.id, action);
      assertVersion(`tariff ${tariff.name}`, tariff, input);
      const before = { name: tariff.name, description: tariff.description, endsAt: tariff.endsAt };
      const after = {
        name: input.name ?? before.name,
        description: input.description ?? before.description,
        endsAt: input.endsAt === undefined ? before.endsAt : input.endsAt,
      };
      const check = new Check();
      check.name('input.name', after.name);
      check.line('input.description', after.description);
      check.done();
      if (input.endsAt !== undefined) assertGoesOn(tariff, at);
      if (input.endsAt != null) assertEnd(input.endsAt, at);
      try {
        await tx.updateTable('Tariff').set(after).where('id', '=', tariff.id).execute();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw takenName(after.name);
      }
      mutation.concerns('Tariff', tariff.id, tariff.accountId, changedFields(before, after));
      return { tariffId: tariff.id };
    });
  }

  /**
   * Ends a tariff: nothing that is used later is rated with it. What was rated stays rated.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT
   */
  remove(actor: Actor, input: RemoveTariffInput): Promise<{ tariffId: string }> {
    const action = 'tariff.remove';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const tariff = await lockForChange(tx, actor, 'Tariff', input.id, action);
      assertVersion(`tariff ${tariff.name}`, tariff, input);
      assertGoesOn(tariff, at);
      const endsAt = input.endsAt ?? nextHour(at);
      assertEnd(endsAt, at);
      await tx.updateTable('Tariff').set({ endsAt }).where('id', '=', tariff.id).execute();
      const change = {
        endsAt: { before: tariff.endsAt?.toISOString() ?? null, after: endsAt.toISOString() },
      };
      mutation.concerns('Tariff', tariff.id, tariff.accountId, change);
      return { tariffId: tariff.id };
    });
  }
}

async function insertVersion(tx: Transaction, tariffId: Id<'Tariff'>, price: PriceInput, validFrom: Date) {
  const version = { id: newId('TariffVersion'), tariffId, validFrom, ...storedPrice(price) };
  await tx.insertInto('TariffVersion').values(version).execute();
}

const takenName = (name: string) =>
  invalid('input.name', name, 'is the name of another tariff, or was that of one');

function assertEnd(endsAt: Date, at: Date): void {
  if (isWholeHour(endsAt) && endsAt > at) return;
  throw invalid('input.endsAt', endsAt, `must be a whole hour from ${nextHour(at).toISOString()} on`);
}

function assertGoesOn({ name, endsAt }: Row<'Tariff'>, at: Date): void {
  if (endsAt === null || endsAt > at) return;
  throw new PlatformError('INVALID_STATE', `tariff ${name} ended at ${endsAt.toISOString()}`, {
    details: { endsAt: endsAt.toISOString() },
    remedy: 'make another one',
  });
}

/** As the audit log has it. */
function shownPrice({ unit, tiers, includedUnits, validFrom }: PriceInput) {
  return {
    unit,
    tiers: tiers.map(({ upTo, price }) => ({ upTo: upTo?.toString() ?? null, price })),
    included: includedUnits?.toString() ?? '0',
    validFrom: validFrom?.toISOString() ?? null,
  };
}
