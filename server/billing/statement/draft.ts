import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { StatementParties } from '@nephos/model/shapes/statement.ts';
import { sql } from 'kysely';
import type { Settings } from '../../platform/settings/settings.ts';
import { readAdjustments } from '../adjustment/store.ts';
import { readLiveCosts, type MonthCost } from '../live-cost/live-costs.ts';
import { composeMonth, type Composed, type MonthSum } from './compose.ts';
import { earliestOf, readMonthBounds, readMonthSums, type MonthBounds } from './month-sums.ts';
import { readCustomer, readIssuer } from './parties.ts';

/** What a statement would say if the month ended now. */
export interface StatementDraft extends Composed, MonthBounds {
  accountId: Id<'Account'>;
  month: string;
  currency: string;
  timeZone: string;
  parties: StatementParties;
  /** What was used up to here is in it; `null` while nothing was ever rated. */
  asOf: Date | null;
}

/**
 * The statements of a month that an account has not got yet: what closed periods brought, and what was used since, as
 * the usage daemon last reckoned it. One for each currency.
 */
export function readDrafts(
  db: Database,
  settings: Settings,
  { accountId, month }: { accountId: Id<'Account'>; month: string },
): Promise<StatementDraft[]> {
  // Live costs and the lines that they go on from must be of one moment.
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const timeZone = settings.get('usage.aggregation.timezone');
      const bounds = await readMonthBounds(tx, month, timeZone);
      const { asOf, costs } = await readLiveCosts(
        tx,
        sql<boolean>`cost."accountId" = ${accountId} and cost."month" = ${month}`,
      );
      const rated = { from: earliestOf(bounds), until: await readRatedUntil(tx) };
      const currencies = await readUnbilledCurrencies(tx, { accountId, month, from: rated.from }, costs);
      if (currencies.length === 0) return [];
      const customer = await readCustomer(tx, accountId);
      const zones = await readZoneNames(tx);
      const adjustments = await readAdjustments(tx, month);
      const drafts: StatementDraft[] = [];
      for (const currency of currencies) {
        const sums = await readMonthSums(tx, { accountId, month, currency }, rated);
        const live = costs.filter((cost) => cost.currency === currency);
        const owner = { accountId, lineage: customer.lineage };
        drafts.push({
          ...{ ...bounds, accountId, month, currency, timeZone, asOf },
          parties: { issuer: readIssuer(settings), customer: customer.names },
          ...composeMonth([...sums, ...goingOn(live, zones)], { currency, owner, adjustments }),
        });
      }
      return drafts;
    });
}

/** Lines of periods that begin before are what live costs go on from. */
async function readRatedUntil(tx: Transaction): Promise<Date> {
  const { rows } = await sql<{ until: Date }>`
    select coalesce((select "ratedUntil" from "LiveCostRun"), (select max("endsAt") from "UsagePeriod"), now()) as "until"`.execute(
    tx,
  );
  return rows[0]?.until ?? new Date();
}

async function readUnbilledCurrencies(
  tx: Transaction,
  { accountId, month, from }: { accountId: Id<'Account'>; month: string; from: Date },
  costs: readonly MonthCost[],
): Promise<string[]> {
  const { rows } = await sql<{ currency: string }>`
    select "currency" from (
      select distinct "currency" from "RatedLine"
      where "accountId" = ${accountId} and "month" = ${month} and "periodStartsAt" >= ${from}
      union select unnest(${costs.map(({ currency }) => currency)}::text[])) as used
    where "currency" not in (
      select "currency" from "Statement" where "accountId" = ${accountId} and "month" = ${month} and "kind" = 'STATEMENT')
    order by 1`.execute(tx);
  return rows.map(({ currency }) => currency);
}

async function readZoneNames(tx: Transaction): Promise<Map<string, string>> {
  const zones = await tx.selectFrom('Zone').select(['id', 'name']).execute();
  return new Map(zones.map(({ id, name }) => [id as string, name]));
}

/** What was used since the last period ended, by type and zone: at which price, the end of the period will say. */
function goingOn(costs: readonly MonthCost[], zones: ReadonlyMap<string, string>): MonthSum[] {
  return costs
    .filter(({ live }) => live.numerator !== 0n)
    .map(({ usageType, zoneId, live }) => ({
      ...{ usageType, zoneId, zoneName: zones.get(zoneId) ?? zoneId, amount: live, label: '' },
      ...{ tariffVersionId: null, resourceCount: null, unit: null },
      ...{ baseAmount: null, unitSize: null, price: null },
    }));
}
