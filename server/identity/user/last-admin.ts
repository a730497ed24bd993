import type { Row, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import { rootAdminRoleId } from '../role/built-in-roles.ts';

/** Two administrators who lock each other out at the same moment take turns. */
const lastAdminLock = 4_105_130_004;

/**
 * Keeps the cloud from being left without anybody who may do everything.
 * @param before the account that was changed, or whose user was, as it was before
 * @throws PlatformError INVALID_STATE
 */
export async function assertAdminRemains(tx: Transaction, before: Row<'Account'>): Promise<void> {
  if (before.roleId !== rootAdminRoleId) return;
  await sql`select pg_advisory_xact_lock(${lastAdminLock})`.execute(tx);
  const { rows } = await sql`
    select 1 from "User" u join "Account" a on a."id" = u."accountId" join "Domain" d on d."id" = a."domainId"
    where u."state" = 'ENABLED' and a."state" = 'ENABLED' and not a."isDeleting" and d."state" = 'ACTIVE'
      and a."roleId" = ${rootAdminRoleId}
    limit 1`.execute(tx);
  if (rows.length > 0) return;
  throw new PlatformError(
    'INVALID_STATE',
    'this is the last Root Admin who can sign in; the cloud needs one',
    {
      remedy: 'make another one first',
    },
  );
}
