import type { Database } from '@nephos/model/database.ts';
import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { selected, type Selection } from '../selection.ts';
import type { FocusCharge } from './focus-charge.ts';

/** A rated line with all that a row of FOCUS says of it. */
export interface FocusLine extends FocusCharge {
  recordId: string;
  usageType: number;
  zoneId: string;
  zoneName: string | null;
  resourceId: string;
  resourceName: string;
  attributes: UsageAttributes;
  startedAt: Date;
  endedAt: Date;
  quantity: bigint;
  tariffName: string;
  charge: string;
  tariffVersionId: string;
  unit: TariffUnit;
  baseAmount: string;
  amount: string;
  unitSize: string;
}

/**
 * Rows in the order of the ids of rated lines. Months are those of the time zone that the period was closed in. A line is
 * on the first statement or credit note that counted what its period brought; one that a later period brought than those
 * of the statement corrects it. What was issued after the order is left out.
 */
export async function readFocusLines(
  db: Database,
  selection: Selection,
  after: string,
  limit: number,
): Promise<FocusLine[]> {
  const ofTheSame = sql`s."accountId" = l."accountId" and s."month" = l."month" and s."currency" = l."currency"
    and s."issuedAt" < ${selection.createdAt}`;
  const { rows } = await sql<FocusLine>`
    with page as (
      select l.* from "RatedLine" l where ${selected(selection, 'l', after)} order by l."id" limit ${limit}
    )
    select l."id", l."recordId", l."usageType", l."accountId", coalesce(invoice."accountName", a."name") as "accountName",
      j."id" is not null as "isProject", l."domainId", d."name" as "domainName", l."zoneId", z."name" as "zoneName",
      l."resourceId", l."resourceName", r."attributes", r."startedAt", r."endedAt", r."quantity",
      invoice."number" as "invoiceNumber", invoice."issuer" as "invoiceIssuer",
      coalesce(invoice."kind" = 'CREDIT_NOTE', billed."isBilled") as "isCorrection",
      to_date(l."month", 'YYYY-MM')::timestamp at time zone p."timeZone" as "monthStartsAt",
      (to_date(l."month", 'YYYY-MM') + interval '1 month') at time zone p."timeZone" as "monthEndsAt",
      t."name" as "tariffName", t."charge", l."tariffVersionId", v."unit", l."currency", l."baseAmount", l."amount",
      l."unitSize"
    from page l
    join "UsageRecord" r on r."id" = l."recordId" and r."periodStartsAt" = l."periodStartsAt"
    join "UsagePeriod" p on p."startsAt" = l."periodStartsAt"
    join "Tariff" t on t."id" = l."tariffId"
    join "TariffVersion" v on v."id" = l."tariffVersionId"
    left join "Account" a on a."id" = l."accountId"
    left join "Project" j on j."accountId" = l."accountId"
    left join "Domain" d on d."id" = l."domainId"
    left join "Zone" z on z."id" = l."zoneId"
    left join lateral (
      select s."number", s."kind", s."parties"->'issuer'->>'name' as "issuer",
        s."parties"->'customer'->>'account' as "accountName"
      from "Statement" s
      where ${ofTheSame} and s."ratedUntil" > l."periodStartsAt" order by s."ratedUntil" limit 1) invoice on true
    cross join lateral (
      select exists (select 1 from "Statement" s where ${ofTheSame} and s."ratedUntil" <= l."periodStartsAt") as "isBilled"
    ) billed
    order by l."id"`.execute(db);
  return rows;
}
