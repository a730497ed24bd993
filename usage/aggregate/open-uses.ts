import type { Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { thingOf } from './use-keys.ts';

const columns = sql`"usageType", "resourceId", "resourceName", "accountId", "domainId", "zoneId", "attributes"`;

/**
 * Makes a table of uses what goes on after the last that happened to each. What goes on as before is not touched.
 *
 * @param table what goes on now, or went on when the oldest events that are kept begin
 * @param last relation of `thing`, `usageType`, `shape` (null where it is off) and `seq` (0 where nothing happened)
 * @param told relation that has the events of these numbers
 */
export async function carryOver(
  tx: Transaction,
  table: 'OpenUse' | 'EarlierUse',
  last: RawBuilder<unknown>,
  told: RawBuilder<unknown>,
): Promise<void> {
  const uses = sql.table(table);
  await sql`
    delete from ${uses} open using ${last} as last
    where last."thing" = ${thingOf('open')} and last."usageType" = open."usageType" and last."shape" is null`.execute(
    tx,
  );
  await sql`
    insert into ${uses} (${columns})
    select last."usageType", event."resourceId", event."resourceName", event."accountId", event."domainId", event."zoneId", event."attributes"
    from ${last} as last
    join ${told} as event on event."seq" = last."seq"
    left join ${uses} open on open."usageType" = last."usageType" and open."resourceId" = event."resourceId" and open."zoneId" = event."zoneId"
    where last."shape" is not null
      and (open."resourceName", open."accountId", open."domainId", open."attributes")
        is distinct from (event."resourceName", event."accountId", event."domainId", event."attributes")
    on conflict ("usageType", "resourceId", "zoneId") do update set "resourceName" = excluded."resourceName",
      "accountId" = excluded."accountId", "domainId" = excluded."domainId", "attributes" = excluded."attributes"`.execute(
    tx,
  );
}
