import type { Row, Transaction } from '@nephos/model/database.ts';
import type { BudgetMeasure } from '@nephos/model/generated/enums.ts';
import { currencyPlaces, roundMoney, type Money } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { tellAccount } from '../notification/tell-account.ts';
import { noteReached, type ReachedThreshold } from './alert-store.ts';
import { amountText } from './budget-input.ts';
import { percentOf, readProgress, type BudgetProgress } from './budget-progress.ts';

/** Budgets that one transaction looks at. */
const batch = 200;

/**
 * Compares budgets with what is spent, and has their accounts told, once a month and threshold: what is noted as reached
 * and what is to be told of it are written in one transaction.
 */
export function createBudgetWatch(platform: Platform): Reconciler {
  const { settings, log } = platform;
  return new Reconciler({
    name: 'budgets',
    everySeconds: () => settings.get('budget.check.interval'),
    look: () => checkBudgets(platform),
    log,
  });
}

/** Looks at every budget, unless another server is about it. */
export async function checkBudgets({ db, clock, settings }: Platform): Promise<void> {
  const moment = { at: clock.now(), timeZone: settings.get('usage.aggregation.timezone') };
  for (let after: Row<'Budget'>['id'] | undefined; ;) {
    const last = after;
    after = await db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ isMine: boolean }>`
        select pg_try_advisory_xact_lock(hashtext('nephos budgets')) as "isMine"`.execute(tx);
      return rows[0]?.isMine === true ? checkSome(tx, last, moment) : undefined;
    });
    if (after === undefined) return;
  }
}

/** @returns the last of them; `undefined` when there is none after it */
async function checkSome(
  tx: Transaction,
  after: Row<'Budget'>['id'] | undefined,
  moment: { at: Date; timeZone: string },
): Promise<Row<'Budget'>['id'] | undefined> {
  // Who changes one meanwhile waits, and begins its alerts anew.
  const budgets = await tx
    .selectFrom('Budget')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '>', after ?? ('' as Row<'Budget'>['id'])))
    .orderBy('id')
    .limit(batch)
    .forNoKeyUpdate()
    .execute();
  const progress = await readProgress(
    tx,
    budgets.map(({ id }) => id),
    moment,
  );
  const byId = new Map(budgets.map((budget) => [budget.id, budget]));
  const reached = budgets.flatMap((budget) => {
    const own = progress.get(budget.id);
    return own === undefined ? [] : reachedBy(budget, own);
  });
  const fresh = await noteReached(tx, reached, moment.at);
  for (const threshold of highestOf(fresh)) {
    const budget = byId.get(threshold.budgetId);
    if (budget !== undefined) await tell(tx, budget, threshold, moment.at);
  }
  return budgets.length < batch ? undefined : budgets.at(-1)?.id;
}

function reachedBy(budget: Row<'Budget'>, progress: BudgetProgress): ReachedThreshold[] {
  const of = (measure: BudgetMeasure, percents: readonly number[], money: Money) => {
    const percent = percentOf(money, budget.amount);
    const amount = roundMoney(money, currencyPlaces(budget.currency));
    return percents
      .filter((threshold) => threshold <= percent)
      .map((threshold) => ({
        budgetId: budget.id,
        month: progress.month,
        measure,
        percent: threshold,
        amount,
      }));
  };
  return [
    ...of('ACTUAL', budget.actualPercents, progress.amount),
    ...of('FORECAST', budget.forecastPercents, progress.forecast),
  ];
}

/** Of several that were reached at once the highest says it all. */
function highestOf(fresh: readonly ReachedThreshold[]): ReachedThreshold[] {
  const highest = new Map<string, ReachedThreshold>();
  for (const each of fresh) {
    const key = `${each.budgetId} ${each.measure}`;
    const known = highest.get(key);
    if (known === undefined || known.percent < each.percent) highest.set(key, each);
  }
  return [...highest.values()];
}

async function tell(
  tx: Transaction,
  budget: Row<'Budget'>,
  { month, measure, percent, amount }: ReachedThreshold,
  at: Date,
): Promise<void> {
  const { name } = await tx
    .selectFrom('Account')
    .select('name')
    .where('id', '=', budget.accountId)
    .executeTakeFirstOrThrow();
  await tellAccount(tx, {
    accountId: budget.accountId,
    kind: 'BUDGET_REACHED',
    // With another amount it is told anew.
    occasion: [budget.id, month, measure, percent, budget.amount].join(' '),
    facts: {
      account: name,
      budget: budget.name,
      month,
      percent: String(percent),
      amount,
      limit: amountText(budget),
      currency: budget.currency,
      isForecast: String(measure === 'FORECAST'),
    },
    at,
  });
}
