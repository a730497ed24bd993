import type { Database } from '@nephos/model/database.ts';
import { derivedIdStem, newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/** What the usage daemon would have found an account to have spent; amounts in CNY. */
export interface LiveFacts {
  accountId: Id<'Account'>;
  zoneId: Id<'Zone'>;
  usageType: number;
  amount: string;
  perHour: string;
}

const dayMs = 86_400_000;

const inPrices = (amount: string) => (BigInt(Math.round(Number(amount) * 1e6)) * 10n ** 6n).toString();

/** Live costs as the usage daemon writes them. */
export async function setLiveCosts(
  db: Database,
  { month, asOf }: { month: string; asOf: Date },
  facts: readonly LiveFacts[],
): Promise<void> {
  await db.deleteFrom('LiveCost').execute();
  await db
    .insertInto('LiveCost')
    .values(
      facts.map(({ amount, perHour, ...each }) => ({
        ...{ ...each, month, currency: 'CNY', unitSize: '1' },
        ...{ live: inPrices(amount), perHour: inPrices(perHour) },
      })),
    )
    .execute();
  await db.updateTable('LiveCostRun').set({ asOf }).execute();
}

/** Closed periods, a day each, up to a moment, with one rated line for each fact. */
export async function rateDays(
  db: Database,
  owner: { accountId: Id<'Account'>; domainId: Id<'Domain'>; zoneId: Id<'Zone'>; until: Date },
  facts: readonly { day: string; amount: string; tags: Record<string, string> }[],
): Promise<void> {
  const { accountId, domainId, zoneId, until } = owner;
  const tariffId = newId('Tariff');
  const tariffVersionId = newId('TariffVersion');
  const days = [...new Set(facts.map((fact) => fact.day))].sort();
  for (const day of days) {
    const startsAt = new Date(`${day}T00:00:00Z`);
    for (const table of ['UsageRecord', 'RatedLine']) {
      await sql`select nephos_ensure_partitions(${table}, 'month', ${startsAt}::timestamptz,
        ${startsAt}::timestamptz + interval '1 ms')`.execute(db);
    }
    for (const [index, { amount, tags }] of facts.filter((fact) => fact.day === day).entries()) {
      const place = String(index).padStart(16, '0');
      const recordId = `${derivedIdStem('UsageRecord', startsAt)}${place}` as Id<'UsageRecord'>;
      const resourceId = newId('VirtualMachine');
      const of = { accountId, domainId, zoneId, usageType: 1, resourceId, resourceName: 'web' };
      const endedAt = new Date(startsAt.getTime() + dayMs);
      await db
        .insertInto('UsageRecord')
        .values({
          ...of,
          ...{ id: recordId, periodStartsAt: startsAt, startedAt: startsAt, endedAt, quantity: 1n },
          attributes: JSON.stringify({ tags }),
        })
        .execute();
      await db
        .insertInto('RatedLine')
        .values({
          ...of,
          ...{ id: `${derivedIdStem('RatedLine', startsAt)}${place}` as Id<'RatedLine'>, recordId },
          ...{
            periodStartsAt: startsAt,
            usedAt: startsAt,
            month: day.slice(0, 7),
            tariffId,
            tariffVersionId,
          },
          ...{ currency: 'CNY', baseAmount: '1', amount: inPrices(amount), unitSize: '1' },
        })
        .execute();
    }
  }
  // At once: a daemon that looks on finds all of them closed, or none.
  await db
    .insertInto('UsagePeriod')
    .values(
      days.map((day) => {
        const startsAt = new Date(`${day}T00:00:00Z`);
        const endsAt = new Date(startsAt.getTime() + dayMs);
        return {
          ...{ id: newId('UsagePeriod'), startsAt, endsAt, timeZone: 'UTC', seq: 0n, closedAt: until },
          ...{ eventCount: 0, lateEventCount: 0, recordCount: 0, correctionCount: 0, findings: '[]' },
        };
      }),
    )
    .execute();
}

/** A budget for what an account's domain uses, and after it one for what the account does. */
export async function makeBudgets(
  db: Database,
  { accountId, domainId }: { accountId: Id<'Account'>; domainId: Id<'Domain'> },
): Promise<void> {
  const budget = { accountId, currency: 'CNY', amount: '100', actualPercents: [80], forecastPercents: [] };
  const [first, second] = [newId('Budget'), newId('Budget')].sort() as [Id<'Budget'>, Id<'Budget'>];
  await db
    .insertInto('Budget')
    .values([
      { ...budget, id: first, name: 'domain', domainId },
      { ...budget, id: second, name: 'own' },
    ])
    .execute();
}
