import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/** Days of usage that are closed and rated, in a zone and at a price of their own. */
export interface UsageHistory {
  from: Date;
  until: Date;
  zoneId: Id<'Zone'>;
  tariffVersionId: Id<'TariffVersion'>;
}

const dayMs = 86_400_000;

/** One id for each number, in their order. */
const numbered = (prefix: string) => sql`${prefix}::text || '_' || lpad(n::text, 26, '0')`;

/**
 * Writes days as if they had been closed, from the first of November 2026 on: `each` machines of every account, each used
 * all day but for as many milliseconds as its number, at 0.05 an hour. On the last day each machine's use of the first is
 * taken back by a second.
 */
export async function aUsageHistory(
  db: Database,
  { accounts, days, each }: { accounts: readonly Id<'Account'>[]; days: number; each: number },
): Promise<UsageHistory> {
  const from = new Date('2026-11-01T00:00:00Z');
  const at = (day: number) => new Date(from.getTime() + day * dayMs);
  const [zoneId, tariffId, tariffVersionId] = [newId('Zone'), newId('Tariff'), newId('TariffVersion')];
  await db
    .insertInto('Tariff')
    .values({ id: tariffId, name: 'machines', usageType: 1, currency: 'EUR' })
    .execute();
  await db
    .insertInto('TariffVersion')
    .values({
      id: tariffVersionId,
      tariffId,
      validFrom: from,
      unit: 'HOUR',
      tiers: JSON.stringify([{ price: '0.05' }]),
    })
    .execute();
  for (const table of ['UsageRecord', 'RatedLine'])
    await sql`select nephos_ensure_partitions(${table}, 'month', ${from}, ${at(days)})`.execute(db);
  for (let day = 0; day < days; day += 1) {
    const rows = { day, startsAt: at(day), endsAt: at(day + 1), accounts, each, zoneId };
    await closeDay(db, rows);
    await writeRecords(db, rows, { takesBack: day === days - 1 });
  }
  await rate(db, { tariffId, tariffVersionId });
  return { from, until: at(days), zoneId, tariffVersionId };
}

interface Day {
  day: number;
  startsAt: Date;
  endsAt: Date;
  accounts: readonly Id<'Account'>[];
  each: number;
  zoneId: Id<'Zone'>;
}

async function closeDay(db: Database, { startsAt, endsAt }: Day): Promise<void> {
  await db
    .insertInto('UsagePeriod')
    .values({
      id: newId('UsagePeriod'),
      startsAt,
      endsAt,
      timeZone: 'Asia/Shanghai',
      seq: 0n,
      closedAt: endsAt,
      eventCount: 0,
      lateEventCount: 0,
      recordCount: 0,
      correctionCount: 0,
      findings: JSON.stringify([]),
    })
    .execute();
}

async function writeRecords(db: Database, rows: Day, { takesBack }: { takesBack: boolean }): Promise<void> {
  const { day, startsAt, endsAt, accounts, each, zoneId } = rows;
  const count = accounts.length * each;
  const first = day * count;
  const attributes = JSON.stringify({
    offeringName: 'Small, "fast"',
    cpuCount: 2,
    memoryBytes: '4294967296',
    tags: { team: 'web', env: 'prod' },
  });
  const columns = sql`"id", "periodStartsAt", "correctsPeriod", "usageType", "accountId", "domainId", "zoneId",
    "resourceId", "resourceName", "attributes", "startedAt", "endedAt", "quantity"`;
  const owner = sql`(${accounts}::text[])[1 + n % ${accounts.length}]`;
  const insert = (numbers: ReturnType<typeof sql>, facts: ReturnType<typeof sql>) =>
    sql`insert into "UsageRecord" (${columns})
      select ${numbered('usg')}, ${startsAt}, ${facts}
      from generate_series(${first}::int, ${first + count - 1}::int) as n ${numbers}`.execute(db);
  const shared = sql`1, a."id", a."domainId", ${zoneId}, 'vm_' || lpad((n - ${first}::int)::text, 26, '0'),
    'web-' || (n - ${first}::int), ${attributes}::jsonb, ${startsAt}::timestamptz, ${endsAt}::timestamptz`;
  const ofOwner = sql`join "Account" a on a."id" = ${owner}`;
  await insert(ofOwner, sql`null, ${shared}, ${dayMs}::bigint - n + ${first}::int`);
  if (!takesBack) return;
  await sql`insert into "UsageRecord" (${columns})
    select replace("id", 'usg_0', 'usg_1'), "periodStartsAt", "periodStartsAt" - ${day} * interval '1 day', "usageType",
      "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes", "startedAt", "endedAt", -1000
    from "UsageRecord" where "periodStartsAt" = ${startsAt}`.execute(db);
}

async function rate(
  db: Database,
  { tariffId, tariffVersionId }: { tariffId: Id<'Tariff'>; tariffVersionId: Id<'TariffVersion'> },
): Promise<void> {
  await sql`insert into "RatedLine" ("id", "periodStartsAt", "recordId", "usedAt", "month", "accountId", "domainId", "zoneId",
      "usageType", "resourceId", "resourceName", "tariffId", "tariffVersionId", "currency", "baseAmount", "amount", "unitSize")
    select replace("id", 'usg', 'rate'), "periodStartsAt", "id", coalesce("correctsPeriod", "periodStartsAt"),
      to_char(coalesce("correctsPeriod", "periodStartsAt") at time zone 'Asia/Shanghai', 'YYYY-MM'), "accountId",
      "domainId", "zoneId", "usageType", "resourceId", "resourceName", ${tariffId}, ${tariffVersionId}, 'EUR', "quantity",
      "quantity"::numeric * 50000000000, 3600000
    from "UsageRecord"`.execute(db);
}
