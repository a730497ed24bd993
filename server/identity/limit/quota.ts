import type { Database, Transaction } from '@nephos/model/database.ts';
import type { LimitedResource } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Settings } from '../../platform/settings/settings.ts';
import { unlimited } from './limited-resources.ts';
import { defaultLimit, type Amounts } from './limits.ts';

/** One limit, before and after something would be made. */
export interface QuotaLine {
  scope: 'ACCOUNT' | 'PROJECT' | 'DOMAIN';
  ownerId: string;
  ownerName: string;
  resource: LimitedResource;
  used: bigint;
  requested: bigint;
  /** `null`: no limit. */
  maximum: bigint | null;
  fits: boolean;
}

/**
 * The limits that `takeLimits` would hold an account's new things against, without taking anything: its own, and
 * those of domains above that are in the way.
 */
export async function readQuota(
  db: Database | Transaction,
  settings: Settings,
  accountId: Id<'Account'>,
  amounts: Amounts,
): Promise<QuotaLine[]> {
  const wanted = (Object.entries(amounts) as [LimitedResource, bigint][]).filter(([, amount]) => amount > 0n);
  if (wanted.length === 0) return [];
  const resources = wanted.map(([resource]) => resource);
  const defaults = (kind: 'account' | 'project') =>
    sql`${resources.map((resource) => defaultLimit(settings, resource, kind))}::bigint[]`;
  const { rows } = await sql<Omit<QuotaLine, 'fits'>>`
    with wanted as (
      select * from unnest(${resources}::text[]::"LimitedResource"[], ${wanted.map(([, amount]) => amount)}::bigint[],
        ${defaults('account')}, ${defaults('project')}) as w("resource", "requested", "ofAccount", "ofProject")
    ), owner as (
      select a."id", a."name", d."lineage", a."roleId" is null as "isProject", r."accountType"
      from "Account" a join "Domain" d on d."id" = a."domainId" left join "Role" r on r."id" = a."roleId"
      where a."id" = ${accountId}
    )
    select case when o."isProject" then 'PROJECT' else 'ACCOUNT' end as "scope", o."id" as "ownerId",
      o."name" as "ownerName", w."resource", coalesce(c."used", 0)::bigint as "used", w."requested",
      nullif(coalesce(l."maximum", case
        when o."isProject" then w."ofProject"
        when o."accountType" = 'ROOT_ADMIN' then ${unlimited}::bigint
        else w."ofAccount" end), ${unlimited}::bigint) as "maximum"
    from wanted w cross join owner o
    left join "ResourceCount" c on c."accountId" = o."id" and c."resource" = w."resource"
    left join "ResourceLimit" l on l."ownerId" = o."id" and l."resource" = w."resource"
    union all
    select 'DOMAIN', d."id", d."path", w."resource", s."used", w."requested", l."maximum"
    from wanted w cross join owner o
    join "ResourceLimit" l on l."ownerId" = any(o."lineage") and l."resource" = w."resource" and l."maximum" >= 0
    join "Domain" d on d."id" = l."ownerId"
    cross join lateral (
      select coalesce(sum(c."used"), 0)::bigint as "used" from "ResourceCount" c
      join "Account" a on a."id" = c."accountId" join "Domain" below on below."id" = a."domainId"
      where c."resource" = l."resource" and below."lineage" @> array[l."ownerId"]) as s
    where s."used" + w."requested" > l."maximum"
    order by 1, 2, 4`.execute(db);
  return rows.map((line) => ({
    ...line,
    fits: line.maximum === null || line.used + line.requested <= line.maximum,
  }));
}
