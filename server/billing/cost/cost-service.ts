import type { Id } from '@nephos/model/kernel/ids.ts';
import { addMoney, currencyPlaces, roundMoney, type Money } from '@nephos/usage/rate/money.ts';
import { sql, type RawBuilder } from 'kysely';
import { scopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';

/** What costs are summed up by. */
export type CostGrouping = 'ACCOUNT' | 'DAY' | 'RESOURCE' | 'TAG' | 'TYPE' | 'ZONE';

export interface CostQuestion {
  from: Date;
  /** Not part of it. */
  until: Date;
  groupBy: readonly CostGrouping[];
  tagKey?: string | null | undefined;
  accountId: Id<'Account'> | null;
  /** Only of these things. */
  resourceIds?: readonly string[] | null | undefined;
}

/** What a group costs; of what was not asked for there is `null`. */
export interface Cost {
  usageType: number | null;
  resourceId: string | null;
  resourceName: string | null;
  /** `2026-11-29` */
  day: string | null;
  tagValue: string | null;
  zoneId: string | null;
  accountId: string | null;
  currency: string;
  /** Decimal text, with the places in which the currency is paid. */
  amount: string;
}

interface CostPart extends Omit<Cost, 'amount'> {
  amount: string;
  unitSize: string;
}

const mostRows = 10_000;
const mostThings = 100;
const longestMs = 400 * 86_400_000;

/** Sums of what was rated. */
export class CostService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Sums up what the actor may see of rated lines. Sums are exact, and rounded at last.
   * @throws PlatformError VALIDATION_FAILED, QUERY_TOO_COMPLEX for more than 10,000 groups
   */
  async costs(actor: Actor, question: CostQuestion): Promise<Cost[]> {
    const { from, until, groupBy, tagKey, accountId, resourceIds } = question;
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
    check.that(
      (resourceIds?.length ?? 0) <= mostThings,
      'resourceIds',
      resourceIds?.length,
      `must be at most ${mostThings}`,
    );
    check.done();
    const timeZone = this.#platform.settings.get('usage.aggregation.timezone');
    const asked = (grouping: CostGrouping, value: RawBuilder<unknown>, type = sql`text`) =>
      groupBy.includes(grouping) ? value : sql`null::${type}`;
    const { rows } = await sql<CostPart>`
      select ${asked('TYPE', sql`line."usageType"`, sql`int`)} as "usageType",
        ${asked('RESOURCE', sql`line."resourceId"`)} as "resourceId",
        ${asked('DAY', sql`to_char(line."usedAt" at time zone ${timeZone}, 'YYYY-MM-DD')`)} as "day",
        ${asked('TAG', sql`record."attributes"->'tags'->>${tagKey ?? ''}`)} as "tagValue",
        ${asked('ZONE', sql`line."zoneId"`)} as "zoneId",
        ${asked('ACCOUNT', sql`line."accountId"`)} as "accountId",
        line."currency", line."unitSize",
        ${asked('RESOURCE', sql`max(line."resourceName")`)} as "resourceName", sum(line."amount") as "amount"
      from (
        select * from "RatedLine"
        where ${scopeOf(actor, 'RatedLine')} and "periodStartsAt" >= ${from} and "usedAt" >= ${from}
          and "usedAt" < ${until} ${accountId === null ? sql`` : sql`and "accountId" = ${accountId}`}
          ${resourceIds == null ? sql`` : sql`and "resourceId" = any(${resourceIds}::text[])`}) as line
      ${groupBy.includes('TAG') ? taggedRecord : sql``}
      group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7 limit ${mostRows + 1}`.execute(
      this.#platform.db,
    );
    if (rows.length > mostRows) {
      throw new PlatformError('QUERY_TOO_COMPLEX', `there are more than ${mostRows} groups`, {
        remedy: 'ask for a shorter time, for one account, or for fewer groups',
      });
    }
    return addUp(rows);
  }
}

/** Tags of a thing are as they were when it was used. */
const taggedRecord = sql`
  join "UsageRecord" as record on record."id" = line."recordId" and record."periodStartsAt" = line."periodStartsAt"`;

/** One sum for each group and currency, whatever units its prices were given for. */
function addUp(parts: readonly CostPart[]): Cost[] {
  const sums = new Map<string, { group: Omit<Cost, 'amount'>; sum: Money }>();
  for (const { amount, unitSize, ...group } of parts) {
    const key = JSON.stringify({ ...group, resourceName: null });
    const part = { numerator: BigInt(amount), denominator: BigInt(unitSize) };
    const before = sums.get(key);
    if (before === undefined) sums.set(key, { group, sum: part });
    else before.sum = addMoney(before.sum, part);
  }
  return [...sums.values()].map(({ group, sum }) => ({
    ...group,
    amount: roundMoney(sum, currencyPlaces(group.currency)),
  }));
}
