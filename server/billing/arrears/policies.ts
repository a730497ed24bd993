import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/** What is done about an account that has nothing left. */
export interface EffectivePolicy extends Pick<
  Row<'QuotaPolicy'>,
  'alertBelow' | 'graceAfterHours' | 'stopAfterHours' | 'lockAfterHours'
> {
  accountId: Id<'Account'>;
  accountName: string;
  /** Accounts of projects have no users, and who runs the cloud must get in. */
  mayLock: boolean;
}

/**
 * Policies in force, by account: its own, or the nearest domain's. Accounts without one are left out.
 * @param accountIds only of these accounts
 */
export async function readPolicies(
  db: Database | Transaction,
  accountIds?: readonly string[],
): Promise<Map<string, EffectivePolicy>> {
  const { rows } = await sql<EffectivePolicy>`
    select a."id" as "accountId", a."name" as "accountName", policy."alertBelow"::text[] as "alertBelow",
      policy."graceAfterHours", policy."stopAfterHours", policy."lockAfterHours",
      coalesce(r."accountType" <> 'ROOT_ADMIN', false) as "mayLock"
    from "Account" a join "Domain" d on d."id" = a."domainId" left join "Role" r on r."id" = a."roleId"
    cross join lateral (
      select * from "QuotaPolicy" p where p."accountId" = a."id" or p."domainId" = any(d."lineage")
      order by p."accountId" is null, array_position(d."lineage", p."domainId") desc limit 1) policy
    where policy."isEnforced" and not a."isDeleting"
      ${accountIds === undefined ? sql`` : sql`and a."id" = any(${accountIds}::text[])`}`.execute(db);
  return new Map(rows.map((row) => [row.accountId as string, row]));
}
