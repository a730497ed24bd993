import type { Id } from '@nephos/model/kernel/ids.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import type { Money } from '@nephos/usage/rate/money.ts';
import { sql, type RawBuilder } from 'kysely';
import { scopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { isMonth, monthBefore, readBillingMonth, type BillingMonth } from './billing-month.ts';
import { readShares, type CostShare, type ShareQuestion } from './cost-shares.ts';
import {
  collectSpending,
  countedTypes,
  firstDayOf,
  forecastSpending,
  readHorizon,
  type SpendingRow,
} from './spending.ts';

/** What is spent in a currency. */
export interface CurrencyCosts {
  /** ISO 4217. */
  currency: string;
  amount: Money;
  perHour: Money;
  forecast: Money;
  lastMonth: Money;
}

/** What a month costs. */
export interface CostOverview {
  month: BillingMonth;
  /** When this was found. */
  at: Date;
  asOf: Date | null;
  timeZone: string;
  currencies: CurrencyCosts[];
}

export interface SharesQuestion extends Omit<ShareQuestion, 'scope' | 'month' | 'previous' | 'isCurrent'> {
  /** `2026-11`; this one when left out. */
  month?: string | null | undefined;
  accountId: Id<'Account'> | null;
}

const mostShares = 200;

/** What was spent, is spent, and will be. */
export class CostOverviewService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** What the actor sees of this month: so far, for an hour, at its end, and the month before. */
  async overview(actor: Actor, accountId: Id<'Account'> | null): Promise<CostOverview> {
    const { db, clock, settings } = this.#platform;
    const now = clock.now();
    const timeZone = settings.get('usage.aggregation.timezone');
    const month = await readBillingMonth(db, now, timeZone);
    const horizon = await readHorizon(db, timeZone);
    const scope = scopeFor(actor, accountId);
    const { rows } = await sql<SpendingRow>`
      select "currency", "unitSize", "day", "isCounted", sum("amount") as "amount", sum("perHour") as "perHour"
      from (
        select "currency", "unitSize", "day", "usageType" = any(${countedTypes}::int[]) as "isCounted", "amount", 0 as "perHour"
        from "CostDay" where ${scope} and "day" >= ${firstDayOf(month, wallTimeAt(now, timeZone).date)}
        union all
        select "currency", "unitSize", null, false, "rated" + "live", "perHour"
        from "LiveCost" where ${scope} and "month" = ${month.name}
        union all
        select "currency", "unitSize", ${`${month.previous}-01`}, false, "live", 0
        from "LiveCost" where ${scope} and "month" = ${month.previous}
      ) as part group by 1, 2, 3, 4`.execute(db);
    const byCurrency = [...Map.groupBy(rows, ({ currency }) => currency)].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const currencies = byCurrency.map(([currency, parts]): CurrencyCosts => {
      const spending = collectSpending(currency, parts, month);
      const { amount, lastMonth } = spending;
      return {
        currency,
        amount,
        lastMonth,
        perHour: spending.perHour ?? { numerator: 0n, denominator: 1n },
        forecast: forecastSpending(spending, { month, now, horizon, timeZone }),
      };
    });
    return { month, at: now, asOf: horizon.asOf, timeZone, currencies };
  }

  /**
   * What a month is made of, the most expensive first, day by day.
   * @throws PlatformError VALIDATION_FAILED
   */
  async shares(actor: Actor, question: SharesQuestion): Promise<CostShare[]> {
    const { db, clock, settings } = this.#platform;
    const { month, first, by, tagKey } = question;
    const check = new Check();
    check.that(month == null || isMonth(month), 'month', month, 'must be a month like 2026-11');
    check.range('first', first, 1, mostShares);
    check.that((by === 'TAG') === (tagKey != null), 'tagKey', tagKey, 'must be given for TAG, and only then');
    check.done();
    const current = await readBillingMonth(db, clock.now(), settings.get('usage.aggregation.timezone'));
    const name = month ?? current.name;
    return readShares(db, {
      ...question,
      scope: scopeFor(actor, question.accountId),
      month: name,
      previous: monthBefore(name),
      isCurrent: name === current.name,
      timeZone: settings.get('usage.aggregation.timezone'),
    });
  }
}

/** Sums of rated lines are seen by whoever sees the lines; they too name their account. */
function scopeFor(actor: Actor, accountId: Id<'Account'> | null): RawBuilder<boolean> {
  const seen = scopeOf(actor, 'RatedLine');
  return accountId === null ? seen : sql<boolean>`(${seen} and "accountId" = ${accountId})`;
}
