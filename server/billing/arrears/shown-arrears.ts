import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { readPolicies } from './policies.ts';
import { nextStage, type NextStage } from './stages.ts';

/** Arrears of an account, and what follows. */
export interface ShownArrears extends Pick<Row<'Arrears'>, 'stage' | 'since' | 'jobId'> {
  next: NextStage | undefined;
}

/** Arrears by account, of those that have any. */
export async function readArrears(
  db: Database,
  accountIds: readonly string[],
): Promise<Map<string, ShownArrears>> {
  const rows = await db
    .selectFrom('Arrears')
    .selectAll()
    .where('accountId', 'in', accountIds as Id<'Account'>[])
    .execute();
  if (rows.length === 0) return new Map();
  const policies = await readPolicies(
    db,
    rows.map(({ accountId }) => accountId),
  );
  return new Map(
    rows.map(({ accountId, stage, since, jobId }) => {
      const policy = policies.get(accountId);
      const next = policy === undefined || stage === 'LIFTING' ? undefined : nextStage(policy, stage, since);
      return [accountId, { stage, since, jobId, next }];
    }),
  );
}
