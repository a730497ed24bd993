import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { HostAdminState } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

export type HostedMachine = Pick<Row<'VirtualMachine'>, 'id' | 'name' | 'state' | 'version'>;

const fields = ['VirtualMachine.id', 'VirtualMachine.name', 'state', 'VirtualMachine.version'] as const;

/** Machines that are on a host, or on their way to it. */
export function machinesOn(db: Database | Transaction, hostId: Id<'Host'>): Promise<HostedMachine[]> {
  return db
    .selectFrom('VirtualMachine')
    .select(fields)
    .where((row) => row.or([row('hostId', '=', hostId), row('targetHostId', '=', hostId)]))
    .orderBy('id')
    .execute();
}

/** Machines that were on a host last, and run now on another one of its cluster. */
export function comingBackTo(db: Database | Transaction, hostId: Id<'Host'>): Promise<HostedMachine[]> {
  return db
    .selectFrom('VirtualMachine')
    .innerJoin('Host', 'Host.id', 'VirtualMachine.hostId')
    .innerJoin('Host as home', 'home.clusterId', 'Host.clusterId')
    .select(fields)
    .where('home.id', '=', hostId)
    .where('lastHostId', '=', hostId)
    .where('hostId', '!=', hostId)
    .where('state', 'in', ['RUNNING', 'MIGRATING'])
    .orderBy('VirtualMachine.id')
    .execute();
}

/** Whether a machine that has left a host, or come to it, since a job was made leaves something to tidy up behind it. */
export async function isTidyingUp(db: Database, since: Id<'Job'>, hostId: Id<'Host'>): Promise<boolean> {
  const job = await db
    .selectFrom('Job')
    .select('id')
    .where('status', 'in', ['QUEUED', 'RUNNING', 'CANCELLING'])
    .where('id', '>', since)
    .where('kind', '=', 'virtualMachine.migrate')
    .where(sql<boolean>`${hostId} in ("input" -> 'source' ->> 'hostId', "input" -> 'target' ->> 'hostId')`)
    .executeTakeFirst();
  return job !== undefined;
}

/** What administrators want of a host now; `undefined` when it is gone. */
export async function adminStateOf(db: Database, hostId: Id<'Host'>): Promise<HostAdminState | undefined> {
  const host = await db.selectFrom('Host').select('adminState').where('id', '=', hostId).executeTakeFirst();
  return host?.adminState;
}

/** Waits for those who are reserving something of a host at this moment; what they made of it is seen from then on. */
export async function waitForReservations(tx: Transaction, hostId: Id<'Host'>): Promise<void> {
  await tx.selectFrom('HostCapacity').select('hostId').where('hostId', '=', hostId).forUpdate().execute();
}
