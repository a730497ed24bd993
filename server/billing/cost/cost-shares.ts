import type { Database } from '@nephos/model/database.ts';
import { addMoney, noMoney, type Money } from '@nephos/usage/rate/money.ts';
import { sql, type RawBuilder } from 'kysely';

/** What costs of a month are divided by. */
export type CostDivision = 'ACCOUNT' | 'RESOURCE' | 'TAG' | 'TYPE' | 'ZONE';

export interface ShareQuestion {
  /** On `accountId`. */
  scope: RawBuilder<boolean>;
  /** `2026-11` */
  month: string;
  previous: string;
  /** Whether it goes on: then what was used since the last period is known too. */
  isCurrent: boolean;
  by: CostDivision;
  tagKey?: string | null | undefined;
  usageType?: number | null | undefined;
  zoneId?: string | null | undefined;
  /** Shares that are named; the others are one. */
  first: number;
}

/** What one of many costs in a month, in one currency. */
export interface CostShare {
  by: CostDivision;
  /** Id, number of the usage type, or value of the tag; `null` for what has no such tag, and for the rest. */
  key: string | null;
  /** Of a thing: its name at the time. */
  resourceName: string | null;
  /** All that is not among the first. */
  isRest: boolean;
  currency: string;
  /** In the month, so far. */
  amount: Money;
  /** Of what goes on; nothing for things and tags, of which it is not known live. */
  perHour: Money;
  lastMonth: Money;
  /** Rated days of the month, by date. */
  days: Map<string, Money>;
}

interface ShareRow {
  key: string | null;
  isRest: boolean;
  name: string | null;
  currency: string;
  /** `before`: the month before; `now`: this month, altogether. */
  day: string;
  unitSize: string;
  amount: string;
  perHour: string;
}

const keys: Record<'ACCOUNT' | 'TYPE' | 'ZONE', RawBuilder<string>> = {
  ACCOUNT: sql`"accountId"`,
  TYPE: sql`"usageType"::text`,
  ZONE: sql`"zoneId"`,
};

/** Shares of a month's costs, the largest first: with the days and the month before, in one statement. */
export async function readShares(
  db: Database,
  question: ShareQuestion & { timeZone: string },
): Promise<CostShare[]> {
  const { rows } = await sql<ShareRow>`
    with part as (${partsOf(question)}),
    placed as (
      select "key", "currency", row_number() over (partition by "currency"
        order by coalesce(sum("amount" / "unitSize") filter (where ${isLive(question) ? sql`"day" = 'now'` : sql`"day" <> 'before'`}), 0) desc, "key") as "place"
      from part group by "key", "currency"
    )
    select case when "place" <= ${question.first} then part."key" end as "key", "place" > ${question.first} as "isRest",
      max(case when "place" <= ${question.first} then part."name" end) as "name", part."currency", part."day", part."unitSize",
      sum(part."amount") as "amount", sum(part."perHour") as "perHour", min("place") as "place"
    from part join placed on placed."key" is not distinct from part."key" and placed."currency" = part."currency"
    group by 1, 2, part."currency", part."day", part."unitSize", case when "place" <= ${question.first} then "place" end
    order by part."currency", "place"`.execute(db);
  return collect(rows, question);
}

function partsOf(question: ShareQuestion & { timeZone: string }): RawBuilder<unknown> {
  switch (question.by) {
    case 'ACCOUNT':
    case 'TYPE':
    case 'ZONE':
      return summedUp(question, keys[question.by]);
    case 'RESOURCE':
    case 'TAG':
      return lineByLine(question);
  }
}

const narrowed = ({ scope, usageType, zoneId }: ShareQuestion) => sql`${scope}
  ${usageType == null ? sql`` : sql`and "usageType" = ${usageType}`}
  ${zoneId == null ? sql`` : sql`and "zoneId" = ${zoneId}`}`;

const dayWithin = (day: RawBuilder<unknown>, { month }: ShareQuestion) =>
  sql`case when ${day} >= ${`${month}-01`} then ${day} else 'before' end`;

/** By what days are summed up by, and what is known live. */
function summedUp(question: ShareQuestion, key: RawBuilder<string>): RawBuilder<unknown> {
  const { month, previous, isCurrent } = question;
  return sql`
    select ${key} as "key", null as "name", "currency", ${dayWithin(sql`"day"`, question)} as "day", "unitSize", "amount",
      0 as "perHour"
    from "CostDay" where ${narrowed(question)} and "day" between ${`${previous}-01`} and ${`${month}-31`}
    ${
      isCurrent
        ? sql`union all
    select ${key}, null, "currency", 'now', "unitSize", "rated" + "live", "perHour"
    from "LiveCost" where ${narrowed(question)} and "month" = ${month}`
        : sql``
    }`;
}

/** By thing or by tag: lines themselves have to be read. */
function lineByLine(question: ShareQuestion & { timeZone: string }): RawBuilder<unknown> {
  const { month, previous, tagKey, timeZone } = question;
  const day = sql`to_char(line."usedAt" at time zone ${timeZone}, 'YYYY-MM-DD')`;
  const isTag = question.by === 'TAG';
  const key = isTag ? sql`record."attributes"->'tags'->>${tagKey ?? ''}` : sql`line."resourceId"`;
  return sql`
    select ${key} as "key", max(line."resourceName") as "name", line."currency", ${dayWithin(day, question)} as "day",
      line."unitSize", sum(line."amount") as "amount", 0 as "perHour"
    from (
      select * from "RatedLine" where ${narrowed(question)} and "month" in (${previous}, ${month})
        and "periodStartsAt" >= ${`${previous}-01`}::timestamp at time zone ${timeZone}
    ) as line ${
      isTag
        ? sql`join "UsageRecord" record on record."id" = line."recordId" and record."periodStartsAt" = line."periodStartsAt"`
        : sql``
    }
    group by 1, 3, 4, 5`;
}

/** Whether what was used since the last period is known: of things and tags it is not. */
const isLive = ({ by, isCurrent }: ShareQuestion) => isCurrent && by !== 'RESOURCE' && by !== 'TAG';

function collect(rows: readonly ShareRow[], question: ShareQuestion): CostShare[] {
  const { by } = question;
  const shares = new Map<string, CostShare>();
  for (const { key, isRest, name, currency, day, unitSize, ...sums } of rows) {
    const of = JSON.stringify([currency, isRest, key]);
    const share = shares.get(of) ?? {
      ...{ by, key, isRest, currency, resourceName: by === 'RESOURCE' ? name : null },
      ...{ amount: noMoney, perHour: noMoney, lastMonth: noMoney, days: new Map<string, Money>() },
    };
    shares.set(of, share);
    const money = (numerator: string) => ({ numerator: BigInt(numerator), denominator: BigInt(unitSize) });
    const amount = money(sums.amount);
    if (day === 'before') share.lastMonth = addMoney(share.lastMonth, amount);
    else if (day === 'now') {
      share.amount = addMoney(share.amount, amount);
      share.perHour = addMoney(share.perHour, money(sums.perHour));
    } else {
      share.days.set(day, addMoney(share.days.get(day) ?? noMoney, amount));
      if (!isLive(question)) share.amount = addMoney(share.amount, amount);
    }
  }
  return [...shares.values()];
}
