import type { Database, Row, Transaction } from '@nephos/model/database.ts';

/** Thresholds that budgets reached of late, by budget, the first first. */
export async function readAlerts(
  db: Database | Transaction,
  budgetIds: readonly string[],
): Promise<Map<string, Row<'BudgetAlert'>[]>> {
  const rows = await db
    .selectFrom('BudgetAlert')
    .selectAll()
    .where('budgetId', 'in', budgetIds as Row<'Budget'>['id'][])
    .orderBy('at')
    .orderBy('measure')
    .orderBy('percent')
    .execute();
  return Map.groupBy(rows, ({ budgetId }) => budgetId as string);
}

/** A threshold that was reached. */
export type ReachedThreshold = Omit<Row<'BudgetAlert'>, 'at'>;

/** Notes thresholds as reached. @returns those that nobody noted before: of these one is to be told */
export async function noteReached(
  tx: Transaction,
  reached: readonly ReachedThreshold[],
  at: Date,
): Promise<ReachedThreshold[]> {
  const [first] = reached;
  if (first === undefined) return [];
  // Of what its account was told in earlier months nobody asks.
  await tx
    .deleteFrom('BudgetAlert')
    .where(
      'budgetId',
      'in',
      reached.map(({ budgetId }) => budgetId),
    )
    .where('month', '<', first.month)
    .execute();
  return tx
    .insertInto('BudgetAlert')
    .values(reached.map((each) => ({ ...each, at })))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['budgetId', 'month', 'measure', 'percent', 'amount'])
    .execute();
}
