import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
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
