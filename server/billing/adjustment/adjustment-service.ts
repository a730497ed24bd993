import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import { getGuarded, lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkAdjustment, checkEnd, laterOf, type AdjustmentPlan } from './adjustment-plan.ts';

export interface CreateAdjustmentInput extends AdjustmentPlan {
  idempotencyKey?: string | null | undefined;
}

export interface UpdateAdjustmentInput extends ExpectsVersion {
  id: Id<'PriceAdjustment'>;
  name?: string | null | undefined;
  description?: string | null | undefined;
  /** `null`: it goes on; left out: as it is. */
  validUntil?: string | null | undefined;
}

/** Discounts and taxes. What was reckoned with one stays as it was: it ends, and another one follows. */
export class AdjustmentService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND for an account or a domain that the actor does not see */
  create(actor: Actor, input: CreateAdjustmentInput): Promise<{ adjustmentId: string }> {
    const action = 'priceAdjustment.create';
    const { idempotencyKey: _, ...plan } = input;
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const month = this.#monthOf(at);
      const check = new Check();
      checkAdjustment(check, plan, month);
      check.done();
      const { accountId, domainId } = plan;
      if (accountId != null) await getGuarded(tx, actor, 'Account', accountId, action);
      if (domainId != null) await getGuarded(tx, actor, 'Domain', domainId, action);
      const row = {
        ...{ id: newId('PriceAdjustment'), name: plan.name, description: plan.description ?? '' },
        ...{
          kind: plan.kind,
          label: plan.label,
          percent: plan.percent,
          usageTypes: [...(plan.usageTypes ?? [])],
        },
        ...{ accountId: accountId ?? null, domainId: domainId ?? null },
        ...{ validFrom: plan.validFrom ?? month, validUntil: plan.validUntil ?? null, createdAt: at },
      };
      await uniquely(plan.name, () => tx.insertInto('PriceAdjustment').values(row).execute());
      const { id, createdAt: __, ...facts } = row;
      mutation.concerns('PriceAdjustment', id, row.accountId, facts);
      return { adjustmentId: id };
    });
  }

  /**
   * Changes its name, what it is for, and its end.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE when it is over, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateAdjustmentInput): Promise<{ adjustmentId: string }> {
    const action = 'priceAdjustment.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const seen = await lockForChange(tx, actor, 'PriceAdjustment', input.id, action);
      assertVersion(`adjustment ${seen.name}`, seen, input);
      const month = this.#monthOf(at);
      const before = { name: seen.name, description: seen.description, validUntil: seen.validUntil };
      const after = {
        name: input.name ?? before.name,
        description: input.description ?? before.description,
        validUntil: input.validUntil === undefined ? before.validUntil : input.validUntil,
      };
      if (after.validUntil !== before.validUntil) assertGoesOn(seen, month);
      const check = new Check();
      check.name('input.name', after.name);
      check.line('input.description', after.description);
      if (input.validUntil != null) checkEnd(check, input.validUntil, laterOf(seen.validFrom, month));
      check.done();
      await uniquely(after.name, () =>
        tx.updateTable('PriceAdjustment').set(after).where('id', '=', seen.id).execute(),
      );
      mutation.concerns('PriceAdjustment', seen.id, seen.accountId, changedFields(before, after));
      return { adjustmentId: seen.id };
    });
  }

  #monthOf(at: Date): string {
    return wallTimeAt(at, this.#platform.settings.get('usage.aggregation.timezone')).date.slice(0, 7);
  }
}

function assertGoesOn(
  { name, validUntil }: { name: string; validUntil: string | null },
  month: string,
): void {
  if (validUntil === null || validUntil > month) return;
  throw new PlatformError('INVALID_STATE', `adjustment ${name} is over since ${validUntil}`, {
    details: { validUntil },
    remedy: 'make another one',
  });
}

async function uniquely(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw invalid('input.name', name, 'is the name of another adjustment');
  }
}
