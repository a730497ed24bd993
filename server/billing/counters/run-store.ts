import type { RunCounters } from '@nephos/agent-protocol/statistics.ts';
import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import { appendUsage, type UsageFacts } from '../usage-events.ts';
import { counted, readingsText } from './counted.ts';

/** What an agent said of one run, and when that was by the server's clock. */
export interface RunReport {
  agentId: Id<'Agent'>;
  at: Date;
  run: RunCounters;
}

/** How usage is cut into periods: no event may tell of two. */
export interface Slots {
  timeZone: string;
  rangeMinutes: number;
}

/** When the period begins that a moment is in. */
const slotOf = (at: RawBuilder<unknown>, { timeZone, rangeMinutes }: Slots) =>
  sql`nephos_usage_slot(${at}, ${timeZone}, ${rangeMinutes})`;

/** The last of each run, in the order in which rows are locked everywhere. */
const givenBy = (reports: readonly RunReport[]) => sql`
  select distinct on ("machineId", "runId") * from unnest(
    ${reports.map(({ run }) => run.machineId)}::text[], ${reports.map(({ run }) => run.runId)}::text[],
    ${reports.map(({ agentId }) => agentId)}::text[], ${reports.map(({ at }) => at)}::timestamptz[],
    ${reports.map(({ run }) => run.cpuNanoseconds.toString())}::bigint[],
    ${reports.map(({ run }) => readingsText(run))}::text[]
  ) as s("machineId", "runId", "agentId", "at", "cpu", "readings")
  order by "machineId", "runId", "cpu" desc`;

/** Makes usage events of what was counted up to the period before, of the runs that go on in another. */
export async function billPeriodsBefore(
  tx: Transaction,
  reports: readonly RunReport[],
  slots: Slots,
): Promise<void> {
  await bill(
    tx,
    sql`cross join (${givenBy(reports)}) given
      where run."virtualMachineId" = given."machineId" and run."runId" = given."runId"
        and given."cpu" > run."cpuNanoseconds"
        and ${slotOf(sql.ref('run.readAt'), slots)} < ${slotOf(sql.ref('given.at'), slots)}`,
  );
}

/**
 * Adds what grew since the reading before. A counter that fell lost a device, and goes on from there. A reading that comes
 * twice, or after a later one, says nothing new. What an agent says of machines that are not, and were not, on its host is
 * left out.
 */
export async function countRuns(tx: Transaction, reports: readonly RunReport[]): Promise<void> {
  await sql`
    with given as materialized (${givenBy(reports)}), accepted as materialized (
      select given.*, h."id" as "hostId", m."accountId", a."domainId", m."zoneId", m."name", m."serviceOfferingId", known."runId" is null as "isNew"
      from given
      join "Host" h on h."agentId" = given."agentId"
      left join "VirtualMachine" m on m."id" = given."machineId"
      left join "Account" a on a."id" = m."accountId"
      left join "MachineRun" known on known."virtualMachineId" = given."machineId" and known."runId" = given."runId"
      where h."id" in (m."hostId", m."targetHostId", m."lastHostId") or known."hostId" = h."id"
    ), begun as (
      delete from "MachineRun" unmetered using accepted
      where unmetered."virtualMachineId" = accepted."machineId" and unmetered."runId" = '' and accepted."isNew"
      returning unmetered."virtualMachineId"
    ), renewed as (
      update "MachineRun" run
      set "unbilled" = nephos_grown(run."unbilled", run."readings", accepted."readings"::bigint[]),
        "readings" = accepted."readings"::bigint[], "cpuNanoseconds" = accepted."cpu", "readAt" = greatest(run."readAt", accepted."at"),
        "resourceName" = coalesce(accepted."name", run."resourceName"),
        "serviceOfferingId" = coalesce(accepted."serviceOfferingId", run."serviceOfferingId")
      from accepted
      where run."virtualMachineId" = accepted."machineId" and run."runId" = accepted."runId"
        and accepted."cpu" > run."cpuNanoseconds"
    )
    insert into "MachineRun" ("virtualMachineId", "runId", "hostId", "accountId", "domainId", "zoneId", "resourceName", "serviceOfferingId",
      "cpuNanoseconds", "readings", "unbilled", "readAt")
    select "machineId", "runId", "hostId", "accountId", "domainId", "zoneId", "name", "serviceOfferingId", "cpu", "readings"::bigint[],
      case when exists (select from begun where begun."virtualMachineId" = accepted."machineId")
        then nephos_grown(null, "readings"::bigint[], "readings"::bigint[]) else "readings"::bigint[] end, "at"
    from accepted where "isNew"
    on conflict do nothing`.execute(tx);
}

/** Makes usage events of all that was counted until now. */
export async function billAll(tx: Transaction): Promise<void> {
  await bill(tx, sql`where true`);
}

/**
 * Makes usage events of what was counted of runs that are in an earlier period, and of those that were not heard of for a
 * while: they ended, or their host is away.
 */
export async function billQuiet(
  tx: Transaction,
  moments: { now: Date; heardUntil: Date; settledUntil: Date },
  slots: Slots,
): Promise<void> {
  await bill(
    tx,
    sql`where (run."readAt" < ${moments.heardUntil} or (run."readAt" < ${moments.settledUntil}
      and ${slotOf(sql.ref('run.readAt'), slots)} < ${slotOf(sql`${moments.now}::timestamptz`, slots)}))`,
  );
}

/** Forgets runs that ended, a while after the last was heard of them. */
export async function forgetRuns(tx: Transaction, endedUntil: Date): Promise<void> {
  await sql`
    delete from "MachineRun" run
    where run."readAt" < ${endedUntil} and run."unbilled" = ${nothing}::bigint[] and not exists (
      select from "VirtualMachine" m where m."id" = run."virtualMachineId" and m."hostId" = run."hostId"
        and not exists (select from "MachineRun" later where later."virtualMachineId" = m."id" and later."hostId" = run."hostId"
          and later."readAt" > run."readAt"))`.execute(tx);
}

/** The run that a machine is in was not metered from its beginning: it counts from its next reading on. */
export async function beginUnmetered(
  tx: Transaction,
  machine: Row<'VirtualMachine'>,
  at: Date,
): Promise<void> {
  const { id, hostId, accountId, zoneId, name, serviceOfferingId } = machine;
  if (hostId === null) return;
  const { domainId } = await tx
    .selectFrom('Account')
    .select('domainId')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('MachineRun')
    .values({
      ...{ virtualMachineId: id, runId: '', hostId, accountId, domainId, zoneId, serviceOfferingId },
      ...{ resourceName: name, cpuNanoseconds: 0n, readings: nothing, unbilled: nothing, readAt: at },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const nothing = counted.map(() => 0n);

type Billed = Row<'MachineRun'> & { taken: bigint[] };

/** @param which what follows on `"MachineRun" run` in a statement that selects from it */
async function bill(tx: Transaction, which: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<Billed>`
    with due as materialized (
      select run."virtualMachineId" as "machineId", run."runId" as "id", run."unbilled" as "taken"
      from "MachineRun" run ${which} and run."unbilled" <> ${nothing}::bigint[]
      order by 1, 2 for update of run
    )
    update "MachineRun" run set "unbilled" = ${nothing}::bigint[] from due
    where run."virtualMachineId" = due."machineId" and run."runId" = due."id"
    returning run.*, due."taken"`.execute(tx);
  await appendUsage(tx, rows.flatMap(factsOf));
}

function factsOf(run: Billed): UsageFacts[] {
  const { virtualMachineId, runId, cpuNanoseconds, accountId, domainId, zoneId, resourceName, readAt } = run;
  // Less processor time than this cannot have done more.
  const source = { id: virtualMachineId, part: `${runId}/${cpuNanoseconds}` };
  return counted.flatMap(([, kind], place) => {
    const quantity = run.taken[place] ?? 0n;
    if (quantity === 0n) return [];
    const attributes = { offeringId: run.serviceOfferingId, quantity: quantity.toString() };
    const owned = { accountId, domainId, zoneId, resourceId: virtualMachineId, resourceName };
    return [{ ...owned, kind, at: readAt, attributes, source }];
  });
}
