import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';

/** What terms cover, by term. */
export async function readCovers(
  db: Database,
  termIds: readonly string[],
): Promise<Map<string, Row<'PrepaidCover'>[]>> {
  const rows = await db
    .selectFrom('PrepaidCover')
    .selectAll()
    .where('termId', 'in', termIds as Id<'PrepaidTerm'>[])
    .orderBy('termId')
    .orderBy('usageType')
    .orderBy('resourceId')
    .orderBy('charge')
    .execute();
  return Map.groupBy(rows, ({ termId }) => termId as string);
}

/** Whether a machine is paid for in advance at a moment: a condition on `VirtualMachine`. */
export const isPrepaidAt = (at: Date) => sql<boolean>`exists (
  select from "PrepaidTerm" term where term."virtualMachineId" = "VirtualMachine"."id"
    and term."startsAt" <= ${at} and term."endsAt" > ${at})`;

/** Whether a machine of an account was paid for in advance until after a moment, and is not any more. */
export async function hasTermEnded(
  db: Database | Transaction,
  accountId: Id<'Account'>,
  { since, at }: { since: Date; at: Date },
): Promise<boolean> {
  const ended = await db
    .selectFrom('VirtualMachine')
    .innerJoin('PrepaidTerm', 'PrepaidTerm.virtualMachineId', 'VirtualMachine.id')
    .select('PrepaidTerm.id')
    .where('VirtualMachine.accountId', '=', accountId)
    .where('PrepaidTerm.endsAt', '>', since)
    .where('PrepaidTerm.endsAt', '<=', at)
    .where(({ not }) => not(isPrepaidAt(at)))
    .limit(1)
    .executeTakeFirst();
  return ended !== undefined;
}

/**
 * Keeps a machine with the account that paid for it.
 * @throws PlatformError RESOURCE_IN_USE
 */
export async function assertNotPrepaid(
  tx: Transaction,
  { id, name }: { id: Id<'VirtualMachine'>; name: string },
  at: Date,
): Promise<void> {
  const term = await tx
    .selectFrom('PrepaidTerm')
    .select(['id', 'endsAt'])
    .where('virtualMachineId', '=', id)
    .where('endsAt', '>', at)
    .limit(1)
    .executeTakeFirst();
  if (term === undefined) return;
  throw new PlatformError(
    'RESOURCE_IN_USE',
    `${name} is paid for until ${term.endsAt.toISOString()} by the account that owns it`,
    { details: { prepaidTermId: term.id }, remedy: 'end its prepaid term first; what is left is paid back' },
  );
}
