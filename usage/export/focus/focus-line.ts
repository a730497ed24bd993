import type { Database } from '@nephos/model/database.ts';
import type { TariffUnit } from '@nephos/model/generated/enums.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { selected, type Selection } from '../selection.ts';

/** A rated line with all that a row of FOCUS says of it. Names are those of the moment when the file is made. */
export interface FocusLine {
  id: string;
  recordId: string;
  usageType: number;
  accountId: string;
  accountName: string | null;
  isProject: boolean;
  domainId: string;
  domainName: string | null;
  zoneId: string;
  zoneName: string | null;
  resourceId: string;
  resourceName: string;
  attributes: UsageAttributes;
  startedAt: Date;
  endedAt: Date;
  quantity: bigint;
  /** The billing month that it counts in, and that of the period in which it was written: `2026-11`. */
  month: string;
  writtenMonth: string;
  monthStartsAt: Date;
  monthEndsAt: Date;
  tariffName: string;
  charge: string;
  tariffVersionId: string;
  unit: TariffUnit;
  currency: string;
  baseAmount: string;
  amount: string;
  unitSize: string;
}

/** Rows in the order of the ids of rated lines. Months are those of the time zone that the period was closed in. */
export async function readFocusLines(
  db: Database,
  selection: Selection,
  after: string,
  limit: number,
): Promise<FocusLine[]> {
  const { rows } = await sql<FocusLine>`
    with page as (
      select l.* from "RatedLine" l where ${selected(selection, 'l', after)} order by l."id" limit ${limit}
    )
    select l."id", l."recordId", l."usageType", l."accountId", a."name" as "accountName",
      j."id" is not null as "isProject", l."domainId", d."name" as "domainName", l."zoneId", z."name" as "zoneName",
      l."resourceId", l."resourceName", r."attributes", r."startedAt", r."endedAt", r."quantity", l."month",
      to_char(l."periodStartsAt" at time zone p."timeZone", 'YYYY-MM') as "writtenMonth",
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
    order by l."id"`.execute(db);
  return rows;
}
