import { sql } from 'kysely';
import { moment, type AlertCondition } from './condition.ts';

/** Names in one message. */
const mostNamed = sql.lit(5);

const machinesThere = sql`(select count(*) from "VirtualMachine" m where m."hostId" = h."id")`;

const silent = (state: 'ALERT' | 'DOWN') => sql`
  select h."id" as "targetId", h."name" as "targetName", h."zoneId", false as "isOfTenant", 'CRITICAL' as "severity",
    jsonb_build_object('since', ${moment(sql`h."linkStateSince"`)}, 'machines', ${machinesThere}::text) as "facts"
  from "Host" h where h."linkState" = ${sql.lit(state)}`;

/** What can be wrong with hosts and their agents. */
export const hostConditions: readonly AlertCondition[] = [
  { kind: 'HOST_SILENT', targetKind: 'Host', query: () => silent('ALERT') },
  { kind: 'HOST_DOWN', targetKind: 'Host', query: () => silent('DOWN') },
  {
    kind: 'HOST_NOT_EMPTIED',
    targetKind: 'Host',
    query: () => sql`
      select h."id", h."name", h."zoneId", false, 'WARNING',
        jsonb_build_object('reason', coalesce(h."adminStateReason", 'nobody wrote down why'))
      from "Host" h where h."adminState" = 'ERROR_IN_MAINTENANCE'`,
  },
  {
    kind: 'CERTIFICATE_ENDS',
    targetKind: 'Agent',
    // Agents that nothing uses any more are nobody's concern.
    query: ({ at, certificateDays }) => sql`
      select a."id", a."name", coalesce(h."zoneId", a."zoneId"), false,
        case when a."certificateUntil" <= ${at} then 'CRITICAL' else 'WARNING' end,
        jsonb_build_object('until', ${moment(sql`a."certificateUntil"`)})
      from "Agent" a left join "Host" h on h."agentId" = a."id"
      where a."certificateUntil" < ${new Date(at.getTime() + certificateDays * 86_400_000)}
        and a."revokedAt" is null and (h."id" is not null or a."zoneId" is not null)`,
  },
  {
    kind: 'FOREIGN_MACHINES',
    targetKind: 'Host',
    query: () => sql`
      select h."id", h."name", h."zoneId", false, 'WARNING',
        jsonb_build_object('machines', foreigners."count"::text, 'names', foreigners."names")
      from (
        select f."hostId", count(*) as "count",
          array_to_string((array_agg(f."name" order by f."name"))[1:${mostNamed}], ', ')
            || case when count(*) > ${mostNamed} then ' and others' else '' end as "names"
        from "ForeignMachine" f group by f."hostId"
      ) as foreigners join "Host" h on h."id" = foreigners."hostId"`,
  },
];
