import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { lockForChange, getForChange } from '../../identity/access/guarded-loader.ts';
import { ownerFor } from '../../identity/access/owner.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkBudget, rising, typicalPercents, type BudgetFacts } from './budget-input.ts';

export interface CreateBudgetInput {
  name: string;
  accountId?: Id<'Account'> | null | undefined;
  domainId?: Id<'Domain'> | null | undefined;
  tagKey?: string | null | undefined;
  tagValue?: string | null | undefined;
  currency: string;
  /** Decimal text. */
  amount: string;
  actualPercents?: readonly number[] | null | undefined;
  forecastPercents?: readonly number[] | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface UpdateBudgetInput extends ExpectsVersion {
  id: Id<'Budget'>;
  name?: string | null | undefined;
  amount?: string | null | undefined;
  actualPercents?: readonly number[] | null | undefined;
  forecastPercents?: readonly number[] | null | undefined;
}

const mostBudgets = 50;

/** What accounts and domains mean to spend. */
export class BudgetService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED beyond 50 of an account */
  create(actor: Actor, input: CreateBudgetInput): Promise<{ budgetId: string }> {
    const action = 'budget.create';
    const facts = checked({
      name: input.name,
      tagKey: input.tagKey ?? null,
      tagValue: input.tagValue ?? null,
      currency: input.currency,
      amount: input.amount,
      actualPercents: rising(input.actualPercents ?? typicalPercents.actual),
      forecastPercents: rising(input.forecastPercents ?? typicalPercents.forecast),
    });
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const { accountId } = await ownerFor(tx, actor, input.accountId, action);
      const domainId = await ruledDomain(tx, actor, input.domainId, action);
      await assertRoom(tx, accountId);
      const id = newId('Budget');
      await named(facts.name, () =>
        tx
          .insertInto('Budget')
          .values({ ...facts, id, accountId, domainId, createdAt: at })
          .execute(),
      );
      mutation.concerns('Budget', id, accountId, { ...facts, domainId });
      return { budgetId: id };
    });
  }

  /**
   * With another amount, what its account was told this month no longer holds: it is told anew.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateBudgetInput): Promise<{ budgetId: string }> {
    const action = 'budget.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const seen = await lockForChange(tx, actor, 'Budget', input.id, action);
      assertVersion('the budget', seen, input);
      const before = factsOf(seen);
      const facts = checked({
        ...before,
        name: input.name ?? before.name,
        amount: input.amount ?? before.amount,
        actualPercents: rising(input.actualPercents ?? before.actualPercents),
        forecastPercents: rising(input.forecastPercents ?? before.forecastPercents),
      });
      await named(facts.name, () => tx.updateTable('Budget').set(facts).where('id', '=', seen.id).execute());
      if (facts.amount !== before.amount)
        await tx.deleteFrom('BudgetAlert').where('budgetId', '=', seen.id).execute();
      mutation.concerns('Budget', seen.id, seen.accountId, changedFields(before, facts));
      return { budgetId: seen.id };
    });
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN */
  async delete(actor: Actor, id: Id<'Budget'>): Promise<void> {
    const action = 'budget.delete';
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const seen = await lockForChange(mutation.tx, actor, 'Budget', id, action);
      await mutation.tx.deleteFrom('Budget').where('id', '=', id).execute();
      mutation.concerns('Budget', id, seen.accountId, { ...factsOf(seen), domainId: seen.domainId });
      return {};
    });
  }
}

function checked(facts: BudgetFacts): BudgetFacts {
  const check = new Check();
  checkBudget(check, facts);
  check.done();
  return facts;
}

function factsOf(row: Row<'Budget'>): BudgetFacts {
  const { name, tagKey, tagValue, currency, amount, actualPercents, forecastPercents } = row;
  return { name, tagKey, tagValue, currency, amount, actualPercents, forecastPercents };
}

/** What all accounts of a domain spend is told to those who administer it. */
async function ruledDomain(
  tx: Transaction,
  actor: Actor,
  domainId: Id<'Domain'> | null | undefined,
  permission: Permission,
): Promise<Id<'Domain'> | null> {
  if (domainId == null) return null;
  return (await getForChange(tx, actor, 'Domain', domainId, permission)).id;
}

/** Budgets of one account are counted one after the other: its row is held. */
async function assertRoom(tx: Transaction, accountId: Id<'Account'>): Promise<void> {
  await tx.selectFrom('Account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute();
  const { count } = await tx
    .selectFrom('Budget')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('accountId', '=', accountId)
    .executeTakeFirstOrThrow();
  if (count < mostBudgets) return;
  throw new PlatformError(
    'RESOURCE_LIMIT_EXCEEDED',
    `the account has ${mostBudgets} budgets, which is the most that an account can have`,
    { details: { maximum: mostBudgets }, remedy: 'delete one of them first' },
  );
}

async function named(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error))
      throw invalid('input.name', name, 'is the name of another budget of the account');
    throw error;
  }
}
