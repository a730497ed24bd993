import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';

/** Whom a place is reserved for; at most one of the two. */
export interface Dedication {
  dedicatedDomainId: Id<'Domain'> | null;
  dedicatedAccountId: Id<'Account'> | null;
}

/** Where machines are: all that can be reserved. */
export type PlaceKind = 'Zone' | 'Pod' | 'Cluster' | 'Host';

/** `virtualMachineId` and `accountId` of machines that are in a place, or can start nowhere else. */
const machinesIn: Record<PlaceKind, (id: string) => RawBuilder<unknown>> = {
  Zone: (id) => sql`select "id", "accountId" from "VirtualMachine" where "zoneId" = ${id}`,
  Pod: (id) => sql`
    ${machinesOn(sql`"podId" = ${id}`)}
    union select v."id", v."accountId" from "GuestIpRange" g join "GuestIpAddress" a on a."rangeId" = g."id"
      join "Nic" n on n."id" = a."nicId" join "VirtualMachine" v on v."id" = n."virtualMachineId" where g."podId" = ${id}`,
  Cluster: (id) => machinesOn(sql`"clusterId" = ${id}`),
  Host: (id) => machinesOn(sql`"id" = ${id}`),
};

const machinesOn = (isThere: RawBuilder<unknown>) => sql`
  select v."id", v."accountId" from "VirtualMachine" v
  where v."hostId" in (select "id" from "Host" where ${isThere}) or v."targetHostId" in (select "id" from "Host" where ${isThere})`;

/** Column of a pool that names the place beyond which its disks are not reached. */
const poolColumns = { Zone: 'zoneId', Pod: 'podId', Cluster: 'clusterId', Host: 'hostId' } as const;

/**
 * Nobody is locked out of what they have.
 * @throws PlatformError RESOURCE_IN_USE with how much others have there
 */
export async function assertNobodyElseIn(
  tx: Transaction,
  kind: PlaceKind,
  { id, name }: { id: string; name: string },
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
      select "accountId", true as "isMachine" from (${machinesIn[kind](id)}) as machines
      union all select v."accountId", false from "Volume" v join "StoragePool" p on p."id" = v."poolId"
        where p.${sql.ref(poolColumns[kind])} = ${id}
    ) x join "Account" a on a."id" = x."accountId" join "Domain" d on d."id" = a."domainId"
    where ${isOthers}`.execute(tx);
  const [others] = rows;
  if (others === undefined || others.accounts === 0n) return;
  const { virtualMachines, volumes, accounts } = others;
  const place = kind.toLowerCase();
  throw new PlatformError(
    'RESOURCE_IN_USE',
    `others have ${virtualMachines} machines and ${volumes} disks in ${place} ${name}`,
    {
      details: {
        [`${place}Id`]: id,
        virtualMachines: Number(virtualMachines),
        volumes: Number(volumes),
        accounts: Number(accounts),
      },
      remedy: 'have them moved away or removed first',
    },
  );
}
