import type { Database, Transaction } from '@nephos/model/database.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import { addMoney, noMoney, parsePrice, type Money } from '@nephos/usage/rate/money.ts';
import { sql, type RawBuilder } from 'kysely';
import { readBillingMonth } from '../cost/billing-month.ts';
import {
  collectSpending,
  countedTypes,
  firstDayOf,
  forecastSpending,
  readHorizon,
  type Spending,
  type SpendingRow,
} from '../cost/spending.ts';

/** How far a budget is spent. */
export interface BudgetProgress {
  /** `2026-11` */
  month: string;
  monthEndsAt: Date;
  asOf: Date | null;
  /** In the budget's currency. */
  amount: Money;
  /** `null` for what has a tag: it is known as of the last period. */
  perHour: Money | null;
  forecast: Money;
}

type BudgetRow = SpendingRow & { budgetId: string; hasTag: boolean };

/**
 * How far budgets are spent this month, by id. One whose account no longer administers the domain that it counts has no
 * progress.
 */
export async function readProgress(
  db: Database | Transaction,
  budgetIds: readonly string[],
  { at, timeZone }: { at: Date; timeZone: string },
): Promise<Map<string, BudgetProgress>> {
  const month = await readBillingMonth(db, at, timeZone);
  const horizon = await readHorizon(db, timeZone);
  const firstDay = firstDayOf(month, wallTimeAt(at, timeZone).date);
  const day = sql`to_char(line."usedAt" at time zone ${timeZone}, 'YYYY-MM-DD')`;
  const isCounted = (table: RawBuilder<unknown>) => sql`${table}."usageType" = any(${countedTypes}::int[])`;
  const { rows } = await sql<BudgetRow>`
    with ${coveredAccounts(budgetIds)}
    select covered."budgetId", covered."hasTag", covered."currency", coalesce(part."unitSize", 1) as "unitSize", part."day",
      coalesce(part."isCounted", false) as "isCounted", coalesce(sum(part."amount"), 0) as "amount",
      coalesce(sum(part."perHour"), 0) as "perHour"
    from covered left join lateral (
      select "unitSize", "day", ${isCounted(sql`d`)} as "isCounted", "amount", 0 as "perHour"
      from "CostDay" d where not covered."hasTag" and d."accountId" = covered."accountId"
        and d."currency" = covered."currency" and "day" >= ${firstDay}
      union all
      select "unitSize", null, false, "rated" + "live", "perHour"
      from "LiveCost" l where not covered."hasTag" and l."accountId" = covered."accountId"
        and l."currency" = covered."currency" and l."month" = ${month.name}
      union all
      select line."unitSize", ${day}, ${isCounted(sql`line`)}, line."amount", 0
      from "RatedLine" line join "UsageRecord" record on record."id" = line."recordId"
        and record."periodStartsAt" = line."periodStartsAt"
      where covered."hasTag" and line."accountId" = covered."accountId" and line."currency" = covered."currency"
        and line."usedAt" >= ${firstDay}::timestamp at time zone ${timeZone}
        and line."periodStartsAt" >= ${firstDay}::timestamp at time zone ${timeZone}
        and case when covered."tagValue" is null then record."attributes"->'tags' ? covered."tagKey"
          else record."attributes"->'tags'->>covered."tagKey" = covered."tagValue" end
    ) as part on true
    group by 1, 2, 3, 4, 5, 6`.execute(db);
  const byBudget = Map.groupBy(rows, ({ budgetId }) => budgetId);
  return new Map(
    [...byBudget].map(([id, parts]): [string, BudgetProgress] => {
      const [{ currency, hasTag }] = parts as [BudgetRow];
      const spending = collectSpending(currency, parts, month);
      if (hasTag) withoutLive(spending, month.name);
      const asOf = hasTag ? horizon.ratedUntil : horizon.asOf;
      const forecast = forecastSpending(spending, {
        month,
        now: at,
        horizon: { ...horizon, asOf },
        timeZone,
      });
      const { amount, perHour } = spending;
      return [id, { month: month.name, monthEndsAt: month.endsAt, asOf, amount, perHour, forecast }];
    }),
  );
}

/** Of what has a tag, days tell what was spent, and what goes on. */
function withoutLive(spending: Spending, month: string): void {
  let amount = noMoney;
  for (const [day, { timed, counted }] of spending.days)
    if (day.startsWith(month)) amount = addMoney(addMoney(amount, timed), counted);
  spending.amount = amount;
  spending.perHour = null;
}

/** Accounts whose costs count towards budgets: `covered`. */
const coveredAccounts = (budgetIds: readonly string[]) => sql`
  wanted as (select * from "Budget" where "id" = any(${budgetIds}::text[])),
  covered as (
    select b."id" as "budgetId", b."accountId", b."currency", b."tagKey", b."tagValue", b."tagKey" is not null as "hasTag"
    from wanted b where b."domainId" is null
    union all
    select b."id", a."id", b."currency", b."tagKey", b."tagValue", b."tagKey" is not null
    from wanted b
    join "Domain" counted on counted."id" = b."domainId"
    join "Account" owner on owner."id" = b."accountId"
    join "Role" role on role."id" = owner."roleId"
    left join ("Domain" below join "Account" a on a."domainId" = below."id") on below."lineage" @> array[b."domainId"]
    where role."accountType" = 'ROOT_ADMIN'
      or (role."accountType" = 'DOMAIN_ADMIN' and owner."domainId" = any(counted."lineage"))
  )`;

/** How much of a budget's amount it is, in percent, rounded down: a threshold is reached when it is reached. */
export function percentOf({ numerator, denominator }: Money, budgetAmount: string): number {
  const whole = (parsePrice(budgetAmount) ?? 0n) * denominator;
  return whole === 0n ? 0 : Number((numerator * 100n) / whole);
}
