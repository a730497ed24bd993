import type { Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { useOf } from './sum-up.ts';

const columns = sql`"usageType", "resourceId", "resourceName", "accountId", "domainId", "zoneId", "attributes"`;

/**
 * Makes `OpenUse` what goes on after the last that happened to each use. What goes on as before is not touched.
 *
 * @param last relation of `use`, `usageType`, `shape` (null where it is off) and `seq` (0 where nothing happened)
 * @param events condition on `event."at"`, for the partitions that these events lie in
 */
export async function carryOver(
  tx: Transaction,
  last: RawBuilder<unknown>,
  events: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    delete from "OpenUse" open using ${last} as last
    where last."use" = ${useOf('open')} and last."shape" is null`.execute(tx);
  await sql`
    insert into "OpenUse" (${columns})
    select last."usageType", event."resourceId", event."resourceName", event."accountId", event."domainId", event."zoneId", event."attributes"
    from ${last} as last
    join "UsageEvent" event on event."seq" = last."seq" and ${events}
    left join "OpenUse" open on open."usageType" = last."usageType" and open."resourceId" = event."resourceId"
    where last."shape" is not null
      and (open."resourceName", open."accountId", open."domainId", open."zoneId", open."attributes")
        is distinct from (event."resourceName", event."accountId", event."domainId", event."zoneId", event."attributes")
    on conflict ("usageType", "resourceId") do update set "resourceName" = excluded."resourceName", "accountId" = excluded."accountId",
      "domainId" = excluded."domainId", "zoneId" = excluded."zoneId", "attributes" = excluded."attributes"`.execute(
    tx,
  );
}
