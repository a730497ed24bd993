import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';

/** Whom a zone is reserved for; at most one of the two. */
export interface Dedication {
  dedicatedDomainId: Id<'Domain'> | null;
  dedicatedAccountId: Id<'Account'> | null;
}

/**
 * Nobody is locked out of what they have.
 * @throws PlatformError RESOURCE_IN_USE with how much others have in the zone
 */
export async function assertNobodyElseIn(
  tx: Transaction,
  zone: Row<'Zone'>,
  { dedicatedDomainId, dedicatedAccountId }: Dedication,
): Promise<void> {
  if (dedicatedDomainId === null && dedicatedAccountId === null) return;
  const isOthers =
    dedicatedAccountId === null
      ? sql`not (d."lineage" @> array[${dedicatedDomainId}]::text[])`
      : sql`a."id" <> ${dedicatedAccountId}`;
  const { rows } = await sql<{ virtualMachines: bigint; volumes: bigint; accounts: bigint }>`
    select count(*) filter (where x."isMachine") as "virtualMachines",
      count(*) filter (where not x."isMachine") as "volumes", count(distinct x."accountId") as "accounts"
    from (
      select "accountId", true as "isMachine" from "VirtualMachine" where "zoneId" = ${zone.id}
      union all select "accountId", false from "Volume" where "zoneId" = ${zone.id}
    ) x join "Account" a on a."id" = x."accountId" join "Domain" d on d."id" = a."domainId"
    where ${isOthers}`.execute(tx);
  const [others] = rows;
  if (others === undefined || others.accounts === 0n) return;
  const { virtualMachines, volumes, accounts } = others;
  throw new PlatformError(
    'RESOURCE_IN_USE',
    `others have ${virtualMachines} machines and ${volumes} disks in zone ${zone.name}`,
    {
      details: {
        zoneId: zone.id,
        virtualMachines: Number(virtualMachines),
        volumes: Number(volumes),
        accounts: Number(accounts),
      },
      remedy: 'have them removed first',
    },
  );
}
