import type { Database } from '@nephos/model/database.ts';
import type { AccountType } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** What many accounts are for; accounts of projects are left out. */
export async function typesOfAccounts(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AccountType>> {
  const rows = await db
    .selectFrom('Account')
    .innerJoin('Role', 'Role.id', 'Account.roleId')
    .select(['Account.id', 'accountType'])
    .where('Account.id', 'in', ids as Id<'Account'>[])
    .execute();
  return new Map(rows.map(({ id, accountType }) => [id, accountType]));
}
