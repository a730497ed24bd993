import type { Database } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { isSeen, type Selection } from '../selection.ts';
import type { FocusCharge } from './focus-charge.ts';

/** What was paid for a machine in advance, or paid back when its term was ended early. It is on no statement. */
export interface PrepaidCharge extends FocusCharge {
  kind: 'PURCHASE' | 'REFUND';
  resourceId: string;
  resourceName: string;
  /** `null` for a machine that is gone. */
  zoneId: string | null;
  zoneName: string | null;
  /** Of the term, as it was bought. */
  months: number;
  isRenewed: boolean;
  /** What is paid for, or was: not over when a term is ended early. */
  startsAt: Date;
  endsAt: Date;
  /** Decimal text. Months, their prices without and with what was let off for them, and both costs; of a refund negative. */
  quantity: string;
  listUnitPrice: string;
  unitPrice: string;
  listCost: string;
  amount: string;
}

/**
 * Terms that were paid, or ended early, within the time of the order. They cover uses of several types: who asks for one
 * gets none. `endsAt` comes nearer when a term is ended: what was bought goes to the midnight after so many months, and to
 * the end of a day that had begun.
 */
function charges(selection: Selection): RawBuilder<unknown> {
  const { createdAt, coversFrom, coversUntil, ofAccountId, ofZoneId, ofUsageType, ofResourceId } = selection;
  const conditions = [
    sql`charge."at" >= ${coversFrom} and charge."at" < ${coversUntil} and charge."at" < ${createdAt}`,
    isSeen(selection, sql`t."accountId"`),
    sql`${ofUsageType === null}`,
    ...(ofAccountId === null ? [] : [sql`t."accountId" = ${ofAccountId}`]),
    ...(ofZoneId === null ? [] : [sql`v."zoneId" = ${ofZoneId}`]),
    ...(ofResourceId === null ? [] : [sql`t."virtualMachineId" = ${ofResourceId}`]),
  ];
  return sql`
    with zone as (
      select coalesce((select "timeZone" from "UsagePeriod" where "startsAt" < ${coversUntil} order by "startsAt" desc limit 1),
        'UTC') as "timeZone"),
    charge as (
      select t.*, charge."kind", charge."place", charge."at", charge."amount", charge."quantity", v."zoneId",
        (day."first" + make_interval(months => t."months") + case when t."startsAt" at time zone zone."timeZone" > day."first"
          then interval '1 day' else interval '0' end) at time zone zone."timeZone" as "boughtUntil",
        date_trunc('month', charge."at" at time zone zone."timeZone") as "month", zone."timeZone"
      from zone cross join "PrepaidTerm" t left join "VirtualMachine" v on v."id" = t."virtualMachineId"
      cross join lateral (select date_trunc('day', t."startsAt" at time zone zone."timeZone") as "first") day
      cross join lateral (values
        ('PURCHASE', 0, t."createdAt", t."price", t."months"::numeric),
        ('REFUND', 1, t."endedAt", -t."refund", -t."refund" * t."months" / nullif(t."price", 0))
      ) as charge("kind", "place", "at", "amount", "quantity")
      where ${sql.join(conditions, sql` and `)} and (charge."kind" = 'PURCHASE' or charge."amount" < 0)
    )`;
}

/** Ids of these begin with that of their term. */
export const prepaidIdStart = 'prep_';

/** How many such charges a file has. */
export async function countPrepaidCharges(db: Database, selection: Selection): Promise<bigint> {
  const { rows } = await sql<{ count: bigint }>`
    ${charges(selection)} select count(*) as "count" from charge`.execute(db);
  return rows[0]?.count ?? 0n;
}

/** Charges by term, what was paid before what was paid back, after an id. */
export async function readPrepaidCharges(
  db: Database,
  selection: Selection,
  after: string,
  limit: number,
): Promise<PrepaidCharge[]> {
  const [term = '', place = '-1'] = after.split('/');
  const shown = (amount: RawBuilder<unknown>) => sql`trim_scale(round(${amount}, 18))::text`;
  const { rows } = await sql<PrepaidCharge>`
    ${charges(selection)}
    select c."id" || '/' || c."place" as "id", c."kind", c."accountId", a."name" as "accountName",
      j."id" is not null as "isProject", a."domainId", d."name" as "domainName", c."currency",
      c."month" at time zone c."timeZone" as "monthStartsAt",
      (c."month" + interval '1 month') at time zone c."timeZone" as "monthEndsAt", null as "invoiceNumber",
      null as "invoiceIssuer", false as "isCorrection", c."virtualMachineId" as "resourceId",
      c."virtualMachineName" as "resourceName", c."zoneId", z."name" as "zoneName", c."months",
      c."renewsAutomatically" as "isRenewed",
      case when c."kind" = 'REFUND' then c."endsAt" else c."startsAt" end as "startsAt", c."boughtUntil" as "endsAt",
      ${shown(sql`c."quantity"`)} as "quantity", ${shown(sql`c."monthPrice"`)} as "listUnitPrice",
      ${shown(sql`c."price" / c."months"`)} as "unitPrice", ${shown(sql`c."monthPrice" * c."quantity"`)} as "listCost",
      ${shown(sql`c."amount"`)} as "amount"
    from charge c
    left join "Account" a on a."id" = c."accountId"
    left join "Project" j on j."accountId" = c."accountId"
    left join "Domain" d on d."id" = a."domainId"
    left join "Zone" z on z."id" = c."zoneId"
    where (c."id", c."place") > (${term}, ${Number(place)}::int)
    order by c."id", c."place" limit ${limit}`.execute(db);
  return rows;
}
