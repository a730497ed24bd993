import { sql } from 'kysely';
import { moment, type AlertCondition } from './condition.ts';

/** What is on its way is left alone so long: others look after it more often. */
const patienceMs = 2 * 60_000;
/** As the index of machines that are between two states has it. */
const isUnsettled = sql<boolean>`m."state" not in ('STOPPED', 'RUNNING', 'SUSPENDED', 'DESTROYED', 'ERROR')`;
/** The expunger tries again and again; that long, and somebody has to look. */
const overdueMs = 3_600_000;

/** What can be wrong with machines and with the jobs that work on them. */
export const machineConditions: readonly AlertCondition[] = [
  {
    kind: 'MACHINE_STUCK',
    targetKind: 'VirtualMachine',
    query: ({ at }) => sql`
      select m."id", m."name", m."zoneId", true, 'WARNING',
        jsonb_build_object('state', m."state", 'since', ${moment(sql`m."updatedAt"`)})
      from "VirtualMachine" m
      where ${isUnsettled} and m."state" <> 'UNKNOWN' and m."updatedAt" < ${new Date(at.getTime() - patienceMs)}
        and not exists (select 1 from "Job" j where j."lane" = m."id"
          and j."status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'))`,
  },
  {
    kind: 'MACHINE_UNKNOWN',
    targetKind: 'VirtualMachine',
    // Of a silent host the host's own alert tells, with the number of its machines.
    query: ({ at }) => sql`
      select m."id", m."name", m."zoneId", true, 'CRITICAL',
        jsonb_build_object('host', coalesce(h."name", ''), 'since', ${moment(sql`m."updatedAt"`)})
      from "VirtualMachine" m left join "Host" h on h."id" = m."hostId"
      where ${isUnsettled} and m."state" = 'UNKNOWN' and m."updatedAt" < ${new Date(at.getTime() - patienceMs)}
        and coalesce(h."linkState", 'UP') not in ('ALERT', 'DOWN')`,
  },
  {
    kind: 'MACHINE_DRIFTED',
    targetKind: 'VirtualMachine',
    query: () => sql`
      select m."id", m."name", m."zoneId", true, 'WARNING',
        jsonb_build_object('host', coalesce(h."name", ''), 'differences', (
          select string_agg(format('%s is %s, and should be %s', d ->> 'field', d ->> 'found', d ->> 'expected'), '; ')
          from jsonb_array_elements(m."drift") as d))
      from "VirtualMachine" m left join "Host" h on h."id" = m."hostId"
      where m."drift" is not null`,
  },
  {
    kind: 'EXPUNGE_OVERDUE',
    targetKind: 'VirtualMachine',
    query: ({ at, expungeDelaySeconds }) => sql`
      select m."id", m."name", m."zoneId", true, 'WARNING',
        jsonb_build_object('since', ${moment(sql`m."destroyedAt"`)}, 'reason', coalesce((
          select j."error" ->> 'message' from "Job" j where j."targetId" = m."id"
            and j."kind" = 'virtualMachine.expunge' and j."status" = 'FAILED' order by j."id" desc limit 1), ''))
      from "VirtualMachine" m
      where m."destroyedAt" < ${new Date(at.getTime() - expungeDelaySeconds * 1000 - overdueMs)} and m."state" = 'DESTROYED'`,
  },
  {
    kind: 'JOB_STUCK',
    targetKind: 'Job',
    query: () => sql`
      select j."id", j."kind", null, j."accountId" is not null, 'CRITICAL',
        jsonb_build_object('reason', coalesce(j."error" ->> 'message', ''))
      from "Job" j where j."status" = 'STUCK'`,
  },
];
