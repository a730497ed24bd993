import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import { scopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';

/** What usage is summed up by, beside its type: sums of different types mean nothing. */
export type UsageGrouping = 'ACCOUNT' | 'DAY' | 'RESOURCE' | 'TAG' | 'ZONE';

export interface UsageQuestion {
  from: Date;
  /** Not part of it. */
  until: Date;
  groupBy: readonly UsageGrouping[];
  tagKey?: string | null | undefined;
  accountId: Id<'Account'> | null;
  zoneId: Id<'Zone'> | null;
  /** CloudStack's number. */
  usageType?: number | null | undefined;
  /** Of each type so many groups, those with the most; all others are one. */
  first?: number | null | undefined;
}

/** How much a group used; of what was not asked for there is `null`. Sums are whole decimal numbers. */
export interface UsageSum {
  usageType: number;
  resourceId: string | null;
  resourceName: string | null;
  /** `2026-11-29` */
  day: string | null;
  tagValue: string | null;
  zoneId: Id<'Zone'> | null;
  accountId: Id<'Account'> | null;
  /** Whether it is what is left beside the groups that were asked for. */
  isRest: boolean;
  resourceCount: number;
  /** Milliseconds, bytes or operations. */
  quantity: string;
  /** Milliseconds times processors; `null` where nothing has any. */
  cpuQuantity: string | null;
  /** Milliseconds times bytes of memory. */
  memoryQuantity: string | null;
  /** Milliseconds times bytes of size. */
  sizeQuantity: string | null;
}

const mostRows = 10_000;
const mostFirst = 500;
const longestMs = 400 * 86_400_000;

/** Sums of what was used. */
export class UsageSumService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** IANA name of the time zone whose days usage is summed up by. */
  get timeZone(): string {
    return this.#platform.settings.get('usage.aggregation.timezone');
  }

  /**
   * Sums up what the actor may see of usage records; corrections count where what they correct does.
   * @throws PlatformError VALIDATION_FAILED, QUERY_TOO_COMPLEX for more than 10,000 groups
   */
  async sums(actor: Actor, question: UsageQuestion): Promise<UsageSum[]> {
    checkQuestion(question);
    const { from, until, groupBy, tagKey, accountId, zoneId, usageType, first = null } = question;
    const { timeZone } = this;
    const asked = (grouping: UsageGrouping, value: RawBuilder<unknown>) =>
      groupBy.includes(grouping) ? value : sql`null::text`;
    const usedAt = sql`coalesce("correctsPeriod", "periodStartsAt")`;
    const only = [
      ...(accountId === null ? [] : [sql`"accountId" = ${accountId}`]),
      ...(zoneId === null ? [] : [sql`"zoneId" = ${zoneId}`]),
      ...(usageType == null ? [] : [sql`"usageType" = ${usageType}`]),
    ].map((condition) => sql`and ${condition}`);
    const { rows } = await sql<UsageSum>`
      with grouped as (
        select "usageType", ${asked('RESOURCE', sql`"resourceId"`)} as "resourceId",
          ${asked('DAY', sql`to_char(${usedAt} at time zone ${timeZone}, 'YYYY-MM-DD')`)} as "day",
          ${asked('TAG', sql`"attributes"->'tags'->>${tagKey ?? ''}`)} as "tagValue",
          ${asked('ZONE', sql`"zoneId"`)} as "zoneId", ${asked('ACCOUNT', sql`"accountId"`)} as "accountId",
          ${asked('RESOURCE', sql`max("resourceName")`)} as "resourceName",
          count(distinct "resourceId") as "resourceCount", sum("quantity") as "quantity",
          sum("quantity" * ("attributes"->>'cpuCount')::numeric) as "cpuQuantity",
          sum("quantity" * ("attributes"->>'memoryBytes')::numeric) as "memoryQuantity",
          sum("quantity" * ("attributes"->>'sizeBytes')::numeric) as "sizeQuantity"
        from "UsageRecord"
        where ${scopeOf(actor, 'UsageRecord')} and "periodStartsAt" >= ${from} and ${usedAt} >= ${from}
          and ${usedAt} < ${until} ${sql.join(only, sql` `)}
        group by 1, 2, 3, 4, 5, 6
      ), totals as (
        select *, sum("quantity") over (partition by "usageType", ${keys}) as "total" from grouped
      ), ranked as (
        select *, ${first}::int is not null
          and dense_rank() over (partition by "usageType" order by "total" desc, ${keys}) > ${first} as "isRest"
        from totals
      )
      select "usageType", "isRest", "day", ${ofNamed('resourceId')}, ${ofNamed('tagValue')}, ${ofNamed('zoneId')},
        ${ofNamed('accountId')}, max("resourceName") filter (where not "isRest") as "resourceName",
        sum("resourceCount")::int as "resourceCount", sum("quantity")::text as "quantity",
        sum("cpuQuantity")::text as "cpuQuantity", sum("memoryQuantity")::text as "memoryQuantity",
        sum("sizeQuantity")::text as "sizeQuantity"
      from ranked group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7 limit ${mostRows + 1}`.execute(
      this.#platform.db,
    );
    if (rows.length > mostRows) {
      throw new PlatformError('QUERY_TOO_COMPLEX', `there are more than ${mostRows} groups`, {
        remedy: 'ask for a shorter time, for one account or usage type, or for fewer groups',
      });
    }
    return rows;
  }
}

/** What a group is known by, beside its type and day. */
const keys = sql`"resourceId", "tagValue", "zoneId", "accountId"`;

/** A column of those groups that are named. */
const ofNamed = (name: string) => sql`case when not "isRest" then ${sql.ref(name)} end as ${sql.ref(name)}`;

function checkQuestion({ from, until, groupBy, tagKey, usageType, first }: UsageQuestion): void {
  const check = new Check();
  check.that(
    from < until && until.getTime() - from.getTime() <= longestMs,
    'until',
    until,
    'must be after from, by at most 400 days',
  );
  check.that(
    groupBy.includes('TAG') === (tagKey != null),
    'tagKey',
    tagKey,
    'must be given to group by TAG, and only then',
  );
  if (usageType != null) check.range('usageType', usageType, 1, 1000);
  if (first != null) check.range('first', first, 1, mostFirst);
  check.done();
}
